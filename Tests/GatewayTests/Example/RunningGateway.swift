import Core
import EdgeClient
import Gateway
import NIOCore
import NIOPosix
import Observability
import RPC
import Synchronization
import TLS
import TestSupport
import Transcoding

/// A gateway on a real socket.
struct RunningGateway: Sendable {
  let gateway: Gateway
  let port: Int
  let certificates: TestCertificates
  let log: LogCapture
  let connections = OpenConnections()

  /// A client that trusts the gateway's certificate.
  var client: EdgeClient {
    get throws {
      try EdgeClient(port: port, trustedAuthoritiesPath: certificates.authorityPath)
    }
  }

  /// Starts a gateway for the length of a closure.
  static func run(
    _ configuration: GatewayConfiguration, routes: [Route], channels: [Transcoding.Channel],
    upstreams: Upstreams, accessController: any AccessController, clock: any Core.Clock,
    steadyClock: (any Core.Clock)? = nil, traces: TracePipeline? = nil,
    _ body: (RunningGateway) async throws -> Void
  ) async throws {
    let certificates = try TestCertificates()
    let log = LogCapture()
    let gateway = try Gateway(
      configuration, routes: routes, channels: channels, upstreams: upstreams,
      accessController: accessController,
      tls: TLSContextSource(
        .server(
          identity: certificates.edge(), clientAuthentication: .none,
          applicationProtocols: ["http/1.1"], requiresApplicationProtocol: false)),
      diagnostics: Diagnostics(traces: traces), clock: clock, steadyClock: steadyClock,
      logger: log.logger)
    let address = try await gateway.start(
      host: "127.0.0.1", port: 0, on: MultiThreadedEventLoopGroup.singleton)
    let running = RunningGateway(
      gateway: gateway, port: address.port ?? 0, certificates: certificates, log: log)
    let result: Result<Void, any Error>
    do { result = .success(try await body(running)) } catch { result = .failure(error) }
    // A WebSocket that a test left open would hold up the drain until its closing times out.
    running.connections.closeAll()
    await gateway.drain()
    try result.get()
  }
}

/// What a test has connected, to be closed at its end.
final class OpenConnections: Sendable {
  private let channels = Mutex<[any NIOCore.Channel]>([])

  func add(_ channel: any NIOCore.Channel) { channels.withLock { $0.append(channel) } }

  func closeAll() {
    for channel in channels.withLock({ $0 }) { channel.close(promise: nil) }
  }
}
