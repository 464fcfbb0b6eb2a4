import Core
import GatewayRoutes
import Logging
import Mesh
import Protobuf
import RPC
import RPCInProcess
import TestSupport

@testable import Gateway
@testable import Transcoding

/// Every service of the contracts behind the mesh's access check, and the gateway's edge before them;
/// the handlers alone are scripted.
struct World: Sendable {
  /// So long no call takes; deadlines have tests of their own.
  static let patience = Duration.seconds(600)

  let script = Script()
  let server: InProcessServer
  let access: AccessGuard

  init() {
    let script = script
    access = AccessGuard(verifier: TestUserVerifier())
    server = InProcessServer(
      RPCRouter(
        services: AllContracts.packages.flatMap { $0.services.map { $0(script) } },
        accessController: access))
  }

  /// The way of a caller to the services.
  func channel(of caller: TestCaller) -> InProcessChannel { server.channel(as: caller.peer) }

  /// Makes an RPC.
  func call(
    _ rpc: RPCCase, as caller: TestCaller, for user: TestUser, _ requests: [[UInt8]]
  ) async throws -> RPCCase.Outcome {
    try await rpc.call(
      on: channel(of: caller), requests,
      CallOptions(timeout: Self.patience, metadata: user.metadata))
  }

  /// The ways of the gateway to the services.
  var upstreams: Upstreams {
    let channel = channel(of: .gateway)
    let services = Set(AllContracts.rpcs.map(\.method.service))
    return Upstreams(Dictionary(uniqueKeysWithValues: services.map { ($0, channel) }))
  }

  /// The routes of the gateway, without the deadlines of the contracts.
  var routes: [Route] {
    AllRoutes.routes.map { route in
      var patient = route
      patient.method = route.method.with(deadline: Self.patience)
      return patient
    }
  }

  /// The channels of the gateway.
  ///
  /// - Parameter heartbeat: How long those are silent whose contract states heartbeats.
  func channels(heartbeat: Duration = patience) -> [Transcoding.Channel] {
    AllRoutes.channels.map { channel in
      var patient = channel
      patient.heartbeatInterval = channel.heartbeatInterval.map { _ in heartbeat }
      return patient
    }
  }

  /// The edge of a gateway.
  func edge() throws -> Edge {
    try Edge(
      GatewayConfiguration(rateLimits: .none), routes: routes, channels: channels(),
      upstreams: upstreams,
      accessController: access, clock: SystemClock(), logger: .quiet)
  }
}

extension MethodDescriptor {
  func with(deadline: Duration) -> MethodDescriptor {
    MethodDescriptor(
      service: service, method: method, kind: kind, idempotency: idempotency, access: access,
      deadline: deadline, rateClass: rateClass, criticality: criticality, isAudited: isAudited)
  }
}

extension RPCCase {
  /// A request with no more than its rules ask for.
  var leastRequest: [UInt8] {
    var maker = SampleMaker(seed: 1, density: 0)
    return ContractIndex.messages[request.messageName].map { maker.sample(of: $0).binary } ?? []
  }

  /// The first pair of caller and user that the contract admits.
  var admitted: (caller: TestCaller, user: TestUser)? {
    for caller in [TestCaller.gateway] + TestCaller.all {
      for user in TestUser.all where rule.refusal(of: caller, for: user) == nil {
        return (caller, user)
      }
    }
    return nil
  }
}
