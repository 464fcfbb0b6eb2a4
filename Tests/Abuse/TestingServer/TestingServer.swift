import ArgumentParser
import Foundation
import RPC
import RPCTransport
import TestSupport
import TestingContract

/// A server of the testing contract in plaintext, as a process of its own, so that its memory can be looked
/// at while it is abused.
@main struct TestingServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "TestingServer",
    abstract: "Serves alphintra.testing.v1.TestingService to anyone on this machine.",
    discussion: """
      Prints `listening PORT`, then for each line of input its counters as a line of JSON; ends with the input.
      """)

  @Option(help: "The seconds that a client may leave responses unread.")
  var stall = 1.0

  func run() async throws {
    var configuration = RPCServer.Configuration(tls: nil)
    configuration.connections.maximumStall = .seconds(self.stall)
    let server = try await RPCServer.start(
      RPCRouter(services: [TestingServiceImplementation()], accessController: Everybody()),
      configuration)
    Self.print("listening \(server.port)")
    while readLine() != nil {
      let counters = server.counters
      let counts = Dictionary(
        uniqueKeysWithValues: ConnectionEvent.all.map { ($0.name, counters[$0]) })
      Self.print(String(decoding: try JSONEncoder().encode(counts), as: UTF8.self))
    }
    await server.stop(grace: .zero)
  }

  /// Not `print`, which keeps a line back when nobody looks at the terminal.
  private static func print(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
  }
}

/// Lets every caller do everything.
private struct Everybody: AccessController {
  func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? { nil }
}
