import ArgumentParser
import BenchContract
import Foundation
import Mesh
import NIOPosix
import Observability
import RPC
import RPCTransport
import Synchronization
import TLS

/// Serves `bench.v1.EchoService` on one event loop, for any client to load.
@main struct EchoBenchmarkServer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves bench.v1.EchoService: an Order in, the same Order out; or a stream.",
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

  @Flag(help: "Take every call, as a server without a limit does.")
  var unlimited = false

  @Option(help: "The number of event loops.")
  var loops = 1

  func validate() throws {
    let files = [certificate, key, ca].compactMap { $0 }
    guard plaintext ? files.isEmpty : files.count == 3 else {
      throw ValidationError("give either --plaintext, or all of --certificate, --key and --ca")
    }
    guard loops > 0 else { throw ValidationError("--loops must be at least 1, not \(loops)") }
  }

  func run() throws {
    Task {
      do { try await self.serve() } catch { Self.exit(withError: error) }
    }
    // Until the benchmark ends the process. Not by way of an asynchronous main, whose wait valgrind does not survive.
    while true { sleep(3600) }
  }

  private func serve() async throws {
    // What the platform's servers have: whatever a call costs them it costs here.
    let metrics = MetricsRegistry()
    let router = RPCRouter(
      services: [Echo()], accessController: AccessGuard(verifier: NoTokens()),
      limiter: unlimited ? nil : ConcurrencyLimiter(metrics: metrics),
      metrics: ServerMetrics(metrics))
    let server = try await RPCServer.start(
      router, RPCServer.Configuration(port: port, tls: tls),
      group: MultiThreadedEventLoopGroup(numberOfThreads: loops))
    Self.running.withLock { $0 = server }
    // Not `print`, which keeps a line back when nobody looks at the terminal.
    FileHandle.standardOutput.write(Data("listening \(server.port)\n".utf8))
  }

  /// The server, for as long as the process lasts.
  private static let running = Mutex<RPCServer?>(nil)

  private var tls: TLSConfiguration? {
    guard let certificate, let key, let ca else { return nil }
    return .server(
      identity: TLSConfiguration.Identity(certificateChainPath: certificate, privateKeyPath: key),
      clientAuthentication: .required(trustedAuthoritiesPath: ca), applicationProtocols: ["h2"])
  }
}

/// Answers with what it was sent, or with what is asked for.
private struct Echo: BenchV1.EchoService {
  func echo(_ request: BenchV1.Order, context: ServerContext) async throws -> BenchV1.Order {
    request
  }

  func stream(
    _ request: BenchV1.StreamRequest, responses: RPCWriter<BenchV1.Payload>, context: ServerContext
  ) async throws {
    var payload = BenchV1.Payload()
    payload.body = [UInt8](repeating: 0x61, count: Int(request.bodyBytes))
    for _ in 0..<request.count { try await responses.write(payload) }
  }
}

/// Nobody has a token here.
private struct NoTokens: TokenVerifier {
  func verifiedUser(of token: String) -> UserIdentity? { nil }
  func verify(_ token: String) async throws(TokenError) -> UserIdentity { throw .invalid(.key) }
}
