import Core
import EdgeClient
import Gateway
import Logging
import NIOCore
import NIOPosix
import RPC
import RPCInProcess
import Synchronization
import TLS
import TestSupport
import Transcoding

/// A gateway on a real socket, with the example's services in the same process behind it.
struct LiveGateway {
  let gateway: Gateway
  let port: Int
  let service: ExampleService
  let server: InProcessServer
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
    _ configuration: GatewayConfiguration = .patient, routes: [Route] = ExampleRoutes.routes,
    clock: any Core.Clock = SystemClock(),
    _ body: (LiveGateway) async throws -> Void
  ) async throws {
    let certificates = try TestCertificates()
    let service = ExampleService()
    // Little room between the service and the gateway: what the service has sent has all but arrived.
    let server = InProcessServer(
      RPCRouter(services: [service], accessController: ExampleAccess()),
      limits: CallLimits(bufferedBytes: 1024))
    let log = LogCapture()
    let gateway = try Gateway(
      configuration, routes: routes, channels: ExampleRoutes.channels,
      upstreams: Upstreams([
        ExampleMethods.service: server.channel(as: PeerIdentity(service: "gateway"))
      ]),
      accessController: ExampleAccess(),
      tls: TLSContext(
        .server(
          identity: certificates.edge(), clientAuthentication: .none,
          applicationProtocols: ["http/1.1"], requiresApplicationProtocol: false)),
      clock: clock, logger: log.logger)
    let address = try await gateway.start(
      host: "127.0.0.1", port: 0, on: MultiThreadedEventLoopGroup.singleton)
    let live = LiveGateway(
      gateway: gateway, port: address.port ?? 0, service: service, server: server,
      certificates: certificates, log: log)
    let result: Result<Void, any Error>
    do { result = .success(try await body(live)) } catch { result = .failure(error) }
    // A WebSocket that a test left open would hold up the drain until its closing times out.
    live.connections.closeAll()
    await gateway.drain()
    try result.get()
  }
}

extension GatewayConfiguration {
  /// Limits of time that no test reaches, however busy the machine is; a test that is about one of
  /// them sets it.
  static var patient: GatewayConfiguration {
    var configuration = GatewayConfiguration()
    configuration.limits.handshakeTimeout = patience
    configuration.limits.headTimeout = patience
    configuration.limits.bodyTimeout = patience
    configuration.limits.responseTimeout = patience
    configuration.limits.keepAliveTimeout = patience
    configuration.limits.lingerTimeout = patience
    configuration.limits.webSocket.stallTimeout = patience
    configuration.limits.webSocket.heartbeatInterval = patience
    configuration.limits.webSocket.closeTimeout = patience
    return configuration
  }

  private static let patience = ExampleMethods.patience
}

/// What a test has connected, to be closed at its end.
final class OpenConnections: Sendable {
  private let channels = Mutex<[any NIOCore.Channel]>([])

  func add(_ channel: any NIOCore.Channel) { channels.withLock { $0.append(channel) } }

  func closeAll() {
    for channel in channels.withLock({ $0 }) { channel.close(promise: nil) }
  }
}
