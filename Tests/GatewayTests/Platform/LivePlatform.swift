import Core
import Dashboard
import EdgeClient
import Gateway
import GatewayContract
import GatewayRoutes
import Mesh
import RPC
import RPCInProcess
import TestSupport

@testable import Transcoding

/// A gateway with all the generated routes and the mesh's access check; the services behind it only
/// record what reaches them.
struct LivePlatform {
  let running: RunningGateway
  let recorder: Recorder
  let tokens: TestTokenIssuer
  let server: InProcessServer

  var client: EdgeClient { get throws { try running.client } }

  /// Starts a platform for the length of a closure.
  ///
  /// - Parameters:
  ///   - deadline: how long each operation may take; nil leaves that to the contract.
  ///   - behind: puts something between the dashboard and the service of a name, such as `asset`.
  ///   - partTimeout: how long each part of the dashboard may take.
  static func run(
    _ configuration: GatewayConfiguration = .patient,
    deadline: Duration? = ExampleMethods.patience, clock: any Core.Clock = SystemClock(),
    behind: (String, any RPCChannel) -> any RPCChannel = { $1 },
    partTimeout: Duration = .seconds(60),
    _ body: (LivePlatform) async throws -> Void
  ) async throws {
    let recorder = Recorder()
    let tokens = try TestTokenIssuer.shared()
    let document = KeySetDocument(json: try tokens.keySetJSON(), maximumAge: .seconds(3600))
    let access = AccessGuard(
      verifier: JWKSTokenVerifier(
        issuer: TestTokenIssuer.issuer, audience: TestTokenIssuer.audience, clock: clock
      ) { document })
    let services = RecordingServices(recorder: recorder)
    var router = RPCRouter(services: [], accessController: access)
    services.register(in: &router)
    let server = InProcessServer(router)
    let channel = server.channel(as: PeerIdentity(service: "gateway"))
    let dashboard = InProcessServer(
      RPCRouter(
        services: [
          DashboardHandlers(
            asset: behind("asset", channel), auth: behind("auth", channel),
            trading: behind("trading", channel), partTimeout: partTimeout)
        ], accessController: access)
    ).channel(as: PeerIdentity(service: "gateway"))
    var upstreams = Dictionary(
      uniqueKeysWithValues: services.names.map { ($0, channel as any RPCChannel) })
    upstreams[GatewayV1.DashboardServiceMethods.getDashboard.service] = dashboard
    try await RunningGateway.run(
      configuration, routes: AllRoutes.routes.map { $0.with(deadline) },
      channels: AllRoutes.channels,
      upstreams: Upstreams(upstreams),
      accessController: access, clock: clock
    ) { running in
      try await body(
        LivePlatform(running: running, recorder: recorder, tokens: tokens, server: server))
    }
  }
}

extension Route {
  /// The same operation with another deadline.
  fileprivate func with(_ deadline: Duration?) -> Route {
    guard let deadline else { return self }
    var route = self
    route.method = method.with(deadline)
    return route
  }
}
