import ArgumentParser
import BenchContract
import Foundation
import NIOPosix
import RPC
import RPCTransport
import TLS

/// Serves `bench.v1.EchoService` on one event loop, for any client to load.
@main struct EchoBenchmarkServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves bench.v1.EchoService/Echo: an Order in, the same Order out.",
    discussion:
      "Prints `listening PORT` when it serves. Give --plaintext, or all of --certificate, --key and --ca."
  )

  @Option(help: "The port to listen on; 0 lets the system choose.")
  var port: Int

  @Flag(help: "Speak HTTP/2 without TLS.")
  var plaintext = false

  @Option(help: "The server's certificate chain, a PEM file.")
  var certificate: String?

  @Option(help: "The certificate's private key, a PEM file.")
  var key: String?

  @Option(help: "The authorities whose clients are admitted, a PEM file.")
  var ca: String?

  @Option(help: "The number of event loops.")
  var loops = 1

  func validate() throws {
    let files = [certificate, key, ca].compactMap { $0 }
    guard plaintext ? files.isEmpty : files.count == 3 else {
      throw ValidationError("give either --plaintext, or all of --certificate, --key and --ca")
    }
    guard loops > 0 else { throw ValidationError("--loops must be at least 1, not \(loops)") }
  }

  func run() async throws {
    let router = RPCRouter(services: [Echo()], accessController: Admission())
    let server = try await RPCServer.start(
      router, RPCServer.Configuration(port: port, tls: tls),
      group: MultiThreadedEventLoopGroup(numberOfThreads: loops))
    // Not `print`, which keeps a line back when nobody looks at the terminal.
    FileHandle.standardOutput.write(Data("listening \(server.port)\n".utf8))
    // Until the benchmark ends the process.
    try await Task.sleep(for: .seconds(24 * 3600))
  }

  private var tls: TLSConfiguration? {
    guard let certificate, let key, let ca else { return nil }
    return .server(
      identity: TLSConfiguration.Identity(certificateChainPath: certificate, privateKeyPath: key),
      clientAuthentication: .required(trustedAuthoritiesPath: ca), applicationProtocols: ["h2"])
  }
}

/// Answers with what it was sent.
private struct Echo: BenchV1.EchoService {
  func echo(_ request: BenchV1.Order, context: ServerContext) async throws -> BenchV1.Order {
    request
  }
}

/// Admits everybody to the methods that admit everybody.
private struct Admission: AccessController {
  func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? {
    try admit(method)
    return nil
  }

  func authorizeNow(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) throws(RPCError) -> AccessGrant? {
    try admit(method)
    return AccessGrant(user: nil)
  }

  private func admit(_ method: MethodDescriptor) throws(RPCError) {
    guard method.access.callers == .anyone else {
      throw RPCError(.permissionDenied, "\(method.path) is not open to everybody")
    }
  }
}
