/// Where to look for the replicas of a service, as one text says it.
///
/// | text | means |
/// |---|---|
/// | `trading` | what the directory of the mesh knows about the service of that name |
/// | `dns:///trading.prod:8443` | every address of the name, IPv4 and IPv6, at that port; asked again and again |
/// | `static:///10.0.0.1:8443,10.0.0.2:8443` | these addresses, for good |
/// | `unix:///run/trading.sock` | a socket on this machine; `unix:/run/trading.sock` is the same |
///
/// The texts are those of gRPC's name resolution, where `static` is called `ipv4` and `ipv6`. A target says
/// where to look, not whom to trust: whoever answers must still prove to be the service.
public enum Target: Sendable, Hashable, CustomStringConvertible {
  /// A service in the directory of the mesh.
  case service(String)
  /// A name that DNS resolves, and the port at each of its addresses.
  case dns(host: String, port: Int)
  /// Addresses that never change; at least one.
  case fixed([ServiceAddress])

  /// Reads a target.
  ///
  /// - Throws: ``TargetError``, with the rule that the text breaks.
  public init(_ text: String) throws(TargetError) {
    guard let colon = text.firstIndex(of: ":") else {
      guard SPIFFEID.isSegment(text) else { throw TargetError(text, .notAService) }
      self = .service(text)
      return
    }
    switch text[..<colon] {
    case "unix":
      let path = try Self.path(of: text, after: colon, orElse: .notASocket)
      guard let address = ServiceAddress("unix:/\(path)") else {
        throw TargetError(text, .notASocket)
      }
      self = .fixed([address])
    case "dns":
      let name = try Self.path(of: text, after: colon, orElse: .notAName, slashes: "///")
      guard case .tcp(let host, let port) = ServiceAddress(name) else {
        throw TargetError(text, .notAName)
      }
      self = .dns(host: host, port: port)
    case "static":
      let list = try Self.path(of: text, after: colon, orElse: .notAddresses, slashes: "///")
      let parts = list.split(separator: ",", omittingEmptySubsequences: false)
      let addresses = parts.compactMap { ServiceAddress(String($0)) }
      guard addresses.count == parts.count, Set(addresses).count == addresses.count else {
        throw TargetError(text, .notAddresses)
      }
      self = .fixed(addresses)
    default: throw TargetError(text, .unknownScheme)
    }
  }

  /// What stands behind the scheme and its slashes.
  private static func path(
    of text: String, after colon: String.Index, orElse rule: TargetError.Rule,
    slashes only: String? = nil
  ) throws(TargetError) -> String {
    let rest = text[text.index(after: colon)...]
    for slashes in only.map({ [$0] }) ?? ["///", "/"] where rest.hasPrefix(slashes) {
      let path = rest.dropFirst(slashes.count)
      if !path.isEmpty, !path.hasPrefix("/") { return String(path) }
    }
    throw TargetError(text, rule)
  }

  /// The target as ``init(_:)`` reads it.
  public var description: String {
    switch self {
    case .service(let name): name
    case .dns(let host, let port): "dns:///\(ServiceAddress(host: host, port: port))"
    case .fixed(let addresses):
      if addresses.count == 1, case .unix(let path) = addresses[0] {
        "unix://\(path)"
      } else {
        "static:///\(addresses.map(\.description).joined(separator: ","))"
      }
    }
  }
}

/// A text that is no target.
public struct TargetError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What a target must be.
  public enum Rule: String, Sendable, Hashable {
    /// Neither a scheme nor a name that a service can have.
    case notAService = "must be the name of a service, or dns:///, static:/// or unix:///"
    /// Something else before the colon.
    case unknownScheme =
      "must begin with dns:///, static:/// or unix:///, or be the name of a service"
    /// No name and port behind `dns:///`.
    case notAName = "must be dns:///host:port"
    /// No list behind `static:///`, or an address twice.
    case notAddresses = "must be static:///host:port[,host:port…], each address once"
    /// No absolute path behind `unix:`.
    case notASocket = "must be unix:///absolute/path of at most 107 bytes"
  }

  /// The text.
  public let text: String
  /// The rule that it breaks.
  public let rule: Rule

  init(_ text: String, _ rule: Rule) {
    self.text = text
    self.rule = rule
  }

  /// The text and the rule.
  public var description: String { "the target \"\(text)\" \(rule.rawValue)" }
}
