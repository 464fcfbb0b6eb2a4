import RPC

extension RPCRegistry {
  /// The RPC that a person means.
  ///
  /// Of `alphintra.trading.v1.TradingService/PlaceOrder` the package may be left out, and the service
  /// where no other has a method of that name. A `.` may stand for the `/`, one `/` may stand in front
  /// as in a path, and case counts only where it makes the difference.
  ///
  /// - Throws: ``UnresolvedName`` with the names that may have been meant.
  public func rpc(named name: String) throws(UnresolvedName) -> RPCDescription {
    try Self.resolve(name, among: rpcs, what: "RPC") { rpc in
      let spellings = [rpc.fullName, rpc.name]
      return spellings + spellings.map { $0.replacing("/", with: ".") } + [rpc.method.method]
    }
  }

  /// The service that a person means, with or without the package.
  ///
  /// - Throws: ``UnresolvedName`` with the names that may have been meant.
  public func service(named name: String) throws(UnresolvedName) -> ServiceDescription {
    try Self.resolve(name, among: services, what: "service") { [$0.name, $0.shortName] }
  }

  /// The full name of the message or enum that a person means, with or without the package.
  ///
  /// - Throws: ``UnresolvedName`` with the names that may have been meant.
  public func typeName(named name: String) throws(UnresolvedName) -> String {
    try Self.resolve(name, among: typeNames, what: "type") { [$0, lastComponent(of: $0)] }
  }

  /// What a person can type for an RPC: the short names, and the whole ones once one is begun.
  public func completions(of prefix: String) -> [String] {
    let short = rpcs.map(\.name).filter { $0.hasPrefix(prefix) }
    return short.isEmpty ? rpcs.map(\.fullName).filter { $0.hasPrefix(prefix) } : short
  }

  private static func resolve<Described>(
    _ name: String, among all: [Described], what: String, spellings: (Described) -> [String]
  ) throws(UnresolvedName) -> Described {
    let asked = name.hasPrefix("/") ? String(name.dropFirst()) : name
    var found = all.filter { spellings($0).contains(asked) }
    if found.isEmpty {
      let folded = asked.lowercased()
      found = all.filter { spellings($0).contains { $0.lowercased() == folded } }
    }
    if let only = found.first, found.count == 1 { return only }
    guard found.isEmpty else {
      throw UnresolvedName(
        what: what, name: name, isAmbiguous: true, candidates: found.map { spellings($0)[0] })
    }
    throw UnresolvedName(
      what: what, name: name, isAmbiguous: false,
      candidates: Self.nearest(to: asked, among: all, spellings: spellings))
  }

  /// The short spellings that are nearest to what was typed, best first; none that is far off.
  private static func nearest<Described>(
    to name: String, among all: [Described], spellings: (Described) -> [String]
  ) -> [String] {
    let asked = Array(name.lowercased().utf8)
    let scored = all.compactMap { described -> (distance: Int, name: String)? in
      let spellings = spellings(described)
      let distances = spellings.map { spelling in
        (EditDistance.between(asked, Array(spelling.lowercased().utf8)), spelling.utf8.count)
      }
      // A third of the letters may be wrong; less resembles nothing.
      guard let best = distances.filter({ $0.0 * 3 <= $0.1 }).map(\.0).min() else { return nil }
      return (best, spellings[1])
    }
    return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(UnresolvedName.mostCandidates).map(\.name)
  }
}

/// A name that stands for nothing, or for several things.
public struct UnresolvedName: Error, Sendable, Hashable, CustomStringConvertible {
  /// How many names are suggested at most.
  public static let mostCandidates = 3

  /// What was looked for, such as `RPC`.
  public let what: String
  /// The name as typed.
  public let name: String
  /// Whether it stands for each of the candidates.
  public let isAmbiguous: Bool
  /// What may have been meant, best first.
  public let candidates: [String]

  /// What is wrong, and what may have been meant.
  public var description: String {
    let list = candidates.joined(separator: ", ")
    if isAmbiguous { return "\"\(name)\" stands for several \(what)s: \(list)" }
    let problem = "there is no \(what) \"\(name)\""
    return candidates.isEmpty ? problem : "\(problem); did you mean \(list)?"
  }
}
