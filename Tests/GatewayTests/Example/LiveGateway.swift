import Core
import EdgeClient
import Gateway
import Observability
import RPC
import RPCInProcess
import TestSupport
import Transcoding

/// A gateway on a real socket, with the example's services in the same process behind it.
struct LiveGateway {
  let running: RunningGateway
  let service: ExampleService
  let server: InProcessServer
  let access: ExampleAccess

  var gateway: Gateway { running.gateway }
  var log: LogCapture { running.log }
  var client: EdgeClient { get throws { try running.client } }

  /// Starts a gateway for the length of a closure.
  static func run(
    _ configuration: GatewayConfiguration = .patient, routes: [Route] = ExampleRoutes.routes,
    channels: [Channel] = ExampleRoutes.channels, clock: any Core.Clock = SystemClock(),
    steadyClock: (any Core.Clock)? = nil, traces: TracePipeline? = nil,
    access: ExampleAccess = ExampleAccess(),
    _ body: (LiveGateway) async throws -> Void
  ) async throws {
    let service = ExampleService()
    // Little room between the service and the gateway: what the service has sent has all but arrived.
    let server = InProcessServer(
      RPCRouter(
        services: [service], accessController: ExampleAccess(),
        tracer: traces?.tracer(of: "example")),
      limits: CallLimits(bufferedBytes: 1024))
    try await RunningGateway.run(
      configuration, routes: routes, channels: channels,
      upstreams: Upstreams([
        ExampleMethods.service: server.channel(
          as: PeerIdentity(service: "gateway"), tracer: traces?.tracer(of: "gateway"))
      ]),
      accessController: access, clock: clock, steadyClock: steadyClock, traces: traces
    ) { running in
      try await body(
        LiveGateway(running: running, service: service, server: server, access: access))
    }
  }
}

extension GatewayConfiguration {
  /// Limits of time that no test reaches, however busy the machine is; a test that is about one of
  /// them sets it.
  static var patient: GatewayConfiguration {
    var configuration = GatewayConfiguration(rateLimits: .none)
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
