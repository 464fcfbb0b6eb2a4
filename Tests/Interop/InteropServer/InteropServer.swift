import ArgumentParser
import Foundation
import InteropPeers
import RPC
import RPCTransport
import UnixSignals

/// The server of gRPC's interoperability tests, with the official flags.
@main struct InteropServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "InteropServer",
    abstract: "Serves grpc.testing.TestService for any gRPC interoperability client.",
    discussion: """
      Prints `listening PORT` when it serves, on every address of this machine; ends at SIGTERM or SIGINT.
      """)

  @Option(name: .customLong("port"), help: "The port to listen on; 0 lets the system choose.")
  var port: Int

  @Option(name: .customLong("use_tls"), help: "Whether to speak TLS 1.3: true or false.")
  var usesTLS = false

  @Option(
    name: .customLong("test_credentials"),
    help: "The folder with server1.pem and server1.key; by default that of Debian's ruby-grpc.")
  var credentials: String?

  /// How long calls have to end when a signal came.
  private static let grace: Duration = .seconds(2)

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let tls = self.usesTLS ? try TestCredentials(folder: self.credentials).server : nil
    let router = RPCRouter(services: [InteropService()], accessController: Everybody())
    let server = try await RPCServer.start(
      router, RPCServer.Configuration(host: "0.0.0.0", port: self.port, tls: tls))
    // Not `print`, which keeps a line back when nobody looks at the terminal.
    FileHandle.standardOutput.write(Data("listening \(server.port)\n".utf8))
    for await _ in signals { break }
    await server.stop(grace: Self.grace)
  }
}
