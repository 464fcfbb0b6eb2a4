import RPC
import RPCInProcess
import RPCTransport
import TLS
import TestSupport
import TestingContract

/// The ways a call can travel: every test of the suite runs over each.
enum Transport: CaseIterable, Sendable {
  case inProcess
  case plaintext
  case mutualTLS

  /// A server and a client of it, for the length of a closure.
  func withClient<Result>(
    _ service: TestingServiceImplementation = TestingServiceImplementation(),
    limits: CallLimits = CallLimits(), limiter: ConcurrencyLimiter? = nil,
    interceptors: [any ServerInterceptor] = [],
    clientInterceptors: [any ClientInterceptor] = [],
    _ body: (TestingV1.TestingServiceClient) async throws -> Result
  ) async throws -> Result {
    let router = RPCRouter(
      services: [service], accessController: CallerRules(), limiter: limiter,
      interceptors: interceptors)
    guard self != .inProcess else {
      let server = InProcessServer(router, limits: limits)
      let channel = server.channel(as: PeerIdentity(service: "gateway"))
        .intercepted(by: clientInterceptors)
      let result = try await body(TestingV1.TestingServiceClient(channel))
      await server.stop(grace: .zero)
      return result
    }
    let certificates = try TestCertificates()
    var server = RPCServer.Configuration(tls: nil)
    var client = ClientConnection.Configuration(tls: nil)
    server.limits = limits
    client.limits = limits
    if self == .mutualTLS {
      server.tls = try certificates.meshServer("trading")
      client.tls = try certificates.meshClient("gateway", calling: "trading")
    }
    let running = try await RPCServer.start(router, server)
    let connection = try await ClientConnection.connect(
      host: "127.0.0.1", port: running.port, client)
    let channel = connection.intercepted(by: clientInterceptors)
    let result = try await body(TestingV1.TestingServiceClient(channel))
    connection.close()
    await running.stop(grace: .seconds(2))
    return result
  }
}
