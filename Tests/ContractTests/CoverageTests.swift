import Foundation
import RPC
import Testing

/// What these tests do not cover is written down, and becomes no more.
@Suite struct CoverageTests {
  /// The RPCs that no check at the edge covers, each with its reason; `at most N` stands first.
  private static let list = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "uncovered-rpcs.txt")

  /// Whether the tests ask an RPC at the edge as well as inside the mesh, or the edge may not call it.
  private func isCoveredAtTheEdge(_ rpc: RPCCase) -> Bool {
    if case .only(let names) = rpc.rule.callers, !names.contains("gateway") {
      return rpc.routes.isEmpty && rpc.channel == nil
    }
    return (!rpc.routes.isEmpty || rpc.channel != nil) && rpc.routes.allSatisfy(\.isCovered)
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
    let uncovered = AllContracts.rpcs.filter { !isCoveredAtTheEdge($0) }.map(\.name)
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
