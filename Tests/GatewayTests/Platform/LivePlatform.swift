import Core
import EdgeClient
import Gateway
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
  /// - Parameter deadline: how long each operation may take; nil leaves that to the contract.
  static func run(
    _ configuration: GatewayConfiguration = .patient,
    deadline: Duration? = ExampleMethods.patience, clock: any Core.Clock = SystemClock(),
    _ body: (LivePlatform) async throws -> Void
  ) async throws {
    let recorder = Recorder()
    let tokens = try TestTokenIssuer()
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
    try await RunningGateway.run(
      configuration, routes: AllRoutes.routes.map { $0.with(deadline) },
      channels: AllRoutes.channels,
      upstreams: Upstreams(
        Dictionary(uniqueKeysWithValues: services.names.map { ($0, channel) })),
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
