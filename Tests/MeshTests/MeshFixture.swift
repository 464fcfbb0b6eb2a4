import Foundation
import Mesh
import RPC
import RPCTransport
import Synchronization
import TLS
import TestSupport
import TestingContract

/// A mesh of one machine: an authority, a folder that says who is where, servers and channels.
final class MeshFixture: Sendable {
  let certificates: TestCertificates
  let folder: String
  var directory: ServiceDirectory { ServiceDirectory(folder: folder) }

  init() throws {
    certificates = try TestCertificates()
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("alphintra-mesh-\(UUID().uuidString)").path
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A server that says who calls, under the certificate of a service.
  ///
  /// - Parameters:
  ///   - name: what it answers as the roles of `WhoAmI`, to tell replicas apart.
  ///   - credentials: the certificate as it is at each moment; it stays what it is without.
  ///   - held: counts the calls, none of which is then answered.
  ///   - connections: how long connections last.
  func serve(
    as service: String, name: String = "", verifier: any TokenVerifier = NoTokens(),
    tls: TLSConfiguration? = nil, credentials: TLSCredentialSource? = nil,
    holding held: HeldCalls? = nil, connections: ConnectionManagement = ConnectionManagement()
  ) async throws -> RPCServer {
    var router = RPCRouter(services: [], accessController: AccessGuard(verifier: verifier))
    @Sendable func answer(
      _: TestingV1.WhoAmIRequest, context: ServerContext
    ) async throws -> TestingV1.WhoAmIResponse {
      try await held?.hold()
      var response = TestingV1.WhoAmIResponse()
      response.spiffeID = context.peer?.spiffeID ?? ""
      response.userID = context.user?.id ?? ""
      response.roles = name.isEmpty ? context.user?.roles ?? [] : [name]
      return response
    }
    router.unary(TestingV1.TestingServiceMethods.whoAmI, answer)
    router.unary(TestingV1.TestingServiceMethods.whoIsTheUser, answer)
    router.unary(TestingV1.TestingServiceMethods.whoIsTheAdministrator, answer)
    var configuration = RPCServer.Configuration(
      tls: try tls ?? credentials.map { certificates.meshServer($0) }
        ?? certificates.meshServer(service), logger: .quiet)
    configuration.connections = connections
    configuration.credentials = credentials
    return try await RPCServer.start(router, configuration)
  }

  /// Writes where the replicas of a service are.
  func publish(_ service: String, at ports: [Int]) throws {
    try directory.publish(
      ports.map { ServiceAddress(host: "127.0.0.1", port: $0) }, of: service)
  }

  /// A channel from one service to wherever a target or a resolver leads.
  func channel(
    from caller: String, to service: String, at target: Target? = nil,
    resolver: (any Resolver)? = nil,
    change: (inout MeshChannel.Configuration) -> Void = { _ in }
  ) throws -> MeshChannel {
    var configuration = MeshChannel.Configuration(
      identity: try certificates.service(caller),
      trustedAuthoritiesPath: certificates.authorityPath)
    change(&configuration)
    if let resolver { return MeshChannel(to: service, resolver, configuration) }
    return MeshChannel(to: service, at: target, in: directory, configuration)
  }
}

extension MeshChannel {
  /// Asks the other end who we are.
  func whoAmI(timeout: Duration = .seconds(60)) async throws(RPCError) -> TestingV1.WhoAmIResponse {
    try await TestingV1.TestingServiceClient(self).whoAmI(
      TestingV1.WhoAmIRequest(), options: CallOptions(timeout: timeout))
  }

  /// Asks on behalf of a user.
  func whoIsTheUser(token: String?) async throws -> TestingV1.WhoAmIResponse {
    var metadata = Metadata()
    if let token { try metadata.add("authorization", "Bearer \(token)") }
    return try await TestingV1.TestingServiceClient(self).whoIsTheUser(
      TestingV1.WhoAmIRequest(), options: CallOptions(timeout: .seconds(60), metadata: metadata))
  }
}

/// Calls that are never answered.
final class HeldCalls: Sendable {
  private let calls = Atomic(0)

  /// How many there have been.
  var count: Int { calls.load(ordering: .relaxed) }

  /// Counts a call and waits for its end.
  func hold() async throws {
    calls.add(1, ordering: .relaxed)
    while true { try await Task.sleep(for: .seconds(3600)) }
  }
}

/// Accepts no token.
struct NoTokens: TokenVerifier {
  func verifiedUser(of token: String) -> UserIdentity? { nil }
  func verify(_ token: String) async throws(TokenError) -> UserIdentity {
    throw TokenError.invalid(.key)
  }
}
