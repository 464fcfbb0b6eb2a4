import Mesh
import RPC
import RPCInProcess
import RPCTransport
import StandardServices
import TLS
import TestSupport
import TestingContractRegistry

/// The testing service with what every server offers beside its own, behind the mesh's access check.
struct StandardServer: Sendable {
  /// The name of the service that the server is there for.
  static let testing = "alphintra.testing.v1.TestingService"

  let health = ServerHealth(services: [testing])
  let router: RPCRouter

  init() {
    let own = [TestingServiceImplementation()]
    router = RPCRouter(
      services: own
        + StandardServices.all(
          beside: own, health: health, descriptors: AllContracts.descriptors),
      accessController: AccessGuard(verifier: NoTokens()))
  }

  /// A way to the server within the process; nil is a caller without a certificate.
  func channel(as caller: String? = "gateway") -> InProcessChannel {
    InProcessServer(router).channel(as: caller.map { PeerIdentity(service: $0) })
  }

  /// Where the server listens over mutual TLS, and what its callers show.
  struct Address: Sendable {
    let port: Int
    let authority: String
    let caller: TLSConfiguration.Identity
  }

  /// Lets the server listen for the length of a closure.
  func listen<R>(
    _ body: (Address) async throws -> R
  ) async throws -> R {
    let certificates = try TestCertificates()
    let server = try await RPCServer.start(
      router, RPCServer.Configuration(tls: try certificates.meshServer("trading")))
    let result = try await body(
      Address(
        port: server.port, authority: certificates.authorityPath,
        caller: try certificates.service("gateway")))
    await server.stop(grace: .seconds(2))
    return result
  }
}

/// Knows no user.
private struct NoTokens: TokenVerifier {
  func verifiedUser(of token: String) -> UserIdentity? { nil }

  func verify(_ token: String) async throws(TokenError) -> UserIdentity { throw .invalid(.form) }
}
