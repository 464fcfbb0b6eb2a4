import Core
import EdgeClient
import Gateway
import Logging
import NIOCore
import NIOPosix
import RPC
import RPCInProcess
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

  /// A client that trusts the gateway's certificate.
  var client: EdgeClient {
    get throws {
      try EdgeClient(port: port, trustedAuthoritiesPath: certificates.authorityPath)
    }
  }

  /// Starts a gateway for the length of a closure.
  static func run(
    _ configuration: GatewayConfiguration = GatewayConfiguration(),
    routes: [Route] = ExampleRoutes.routes, clock: any Core.Clock = SystemClock(),
    _ body: (LiveGateway) async throws -> Void
  ) async throws {
    let certificates = try TestCertificates()
    let service = ExampleService()
    let server = InProcessServer(
      RPCRouter(services: [service], accessController: ExampleAccess()))
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
    do {
      try await body(live)
    } catch {
      await gateway.drain()
      throw error
    }
    await gateway.drain()
  }
}
