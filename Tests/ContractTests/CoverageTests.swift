import Foundation
import RPC
import Testing

/// What these tests do not cover is written down, and becomes no more.
@Suite struct CoverageTests {
  /// The RPCs that no check at the edge covers, each with its reason; `at most N` stands first.
  private static let list = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "uncovered-rpcs.txt")

  /// What the edge calls on its own authority, and clients cannot: programs and modules of the edge, generated routes aside.
  private static let edgeSources = [
    "gateway/Sources/alphintra-gateway", "gateway/Sources/Gateway",
    "Sources/Runtime/TokenVerification",
  ]

  /// Whether the tests ask an RPC at the edge as well as inside the mesh, or the edge may not call it, or calls it for
  /// itself and offers it to nobody.
  private func isCoveredAtTheEdge(_ rpc: RPCCase) throws -> Bool {
    if try isEdgesOwn(rpc) { return true }
    if case .only(let names) = rpc.rule.callers, !names.contains("gateway") {
      return rpc.routes.isEmpty && rpc.channel == nil
    }
    return (!rpc.routes.isEmpty || rpc.channel != nil) && rpc.routes.allSatisfy(\.isCovered)
  }

  /// Whether the edge's own code calls an RPC that no user stands behind and no client can reach.
  private func isEdgesOwn(_ rpc: RPCCase) throws -> Bool {
    guard case .none = rpc.method.access.user, rpc.routes.isEmpty, rpc.channel == nil else {
      return false
    }
    let name = rpc.method.method.prefix(1).lowercased() + rpc.method.method.dropFirst()
    let root = Self.list.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    for folder in Self.edgeSources {
      let files = FileManager.default.enumerator(
        at: root.appending(path: folder), includingPropertiesForKeys: nil)
      while let file = files?.nextObject() as? URL {
        guard file.pathExtension == "swift" else { continue }
        if try String(contentsOf: file, encoding: .utf8).contains("Client(auth).\(name)(") {
          return true
        }
      }
    }
    return false
  }

  @Test("the list names what is not covered, no more and no less, with a reason each")
  func listIsRight() throws {
    let lines = try String(contentsOf: Self.list, encoding: .utf8).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    let entries = lines.dropFirst().map {
      $0.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    for entry in entries {
      #expect(entry.count == 2 && entry.last?.isEmpty == false, "\(entry) states no reason")
    }
    let listed = entries.compactMap(\.first)
    let uncovered = try AllContracts.rpcs.filter { try !isCoveredAtTheEdge($0) }.map(\.name)
    for name in uncovered where !listed.contains(name) {
      Issue.record(
        "\(name) is not covered: give it a route or a channel, or see uncovered-rpcs.txt")
    }
    for name in listed where !uncovered.contains(name) {
      Issue.record("\(name) is covered or gone: take it off uncovered-rpcs.txt")
    }
    #expect(listed.count == Set(listed).count, "uncovered-rpcs.txt names an RPC twice")
    #expect(
      lines.first == "at most \(listed.count)",
      "lower the number in uncovered-rpcs.txt with each line that goes; it is never raised")
  }

  @Test("the tables have every RPC that the services offer")
  func tablesAreWhole() {
    let script = Script()
    for package in AllContracts.packages {
      let offered = package.services.map { $0(script) }.flatMap { type(of: $0).descriptor.methods }
      #expect(package.rpcs.map(\.method) == offered, "\(package.package)")
    }
  }
}
