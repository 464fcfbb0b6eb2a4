import Certificates
import Foundation
import RPC
import RPCTransport
import Synchronization
import TLS
import TestSupport
import Testing
import TestingContract

/// Who is not who they must be, and who does not speak as they must, does not get as far as a handler, nor as
/// the access check.
@Suite(.timeLimit(.minutes(5))) struct IdentityTests {
  /// How long a handshake may take, so that it is not a busy machine that refuses.
  private static let patience: Duration = .seconds(60)

  private let certificates: TestCertificates

  init() throws { self.certificates = try TestCertificates() }

  /// Counts who is asked about, and lets everybody pass.
  private final class OpenDoor: AccessController {
    private let state = Mutex(0)

    var count: Int { self.state.withLock { $0 } }

    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? {
      self.state.withLock { $0 += 1 }
      return nil
    }
  }

  /// A server of the mesh, for the length of a closure; nobody but an honest client gets through.
  private func withServer(
    _ attack: (_ port: Int) async throws -> Void, refusedFor reason: String
  ) async throws {
    let handlers = Mutex(0)
    let (door, log) = (OpenDoor(), ConnectionLog())
    var service = TestingServiceImplementation()
    service.beforeAnswer = { _ in handlers.withLock { $0 += 1 } }
    var configuration = RPCServer.Configuration(
      tls: try self.certificates.meshServer("trading"), logger: log.logger)
    configuration.handshakeTimeout = Self.patience
    let server = try await RPCServer.start(
      RPCRouter(services: [service], accessController: door), configuration)
    try await attack(server.port)
    try await eventually { !log.errors.isEmpty }
    #expect(log.errors.allSatisfy { $0.contains(reason) }, "\(log.errors)")
    #expect(handlers.withLock { $0 } == 0 && door.count == 0)

    // The refusals were for their own reasons.
    let tls = try self.certificates.meshClient("gateway", calling: "trading")
    try await Self.call(tls, port: server.port)
    #expect(handlers.withLock { $0 } == 1 && door.count == 1)
    await server.stop(grace: .seconds(2))
  }

  private static func call(_ tls: TLSConfiguration, port: Int) async throws {
    var configuration = ClientConnection.Configuration(tls: tls)
    configuration.connectTimeout = Self.patience
    let connection = try await ClientConnection.connect(
      host: "127.0.0.1", port: port, configuration)
    _ = try await TestingV1.TestingServiceClient(connection).echo(TestingV1.EchoRequest())
    connection.close()
  }

  private static func expectRefusal(_ tls: TLSConfiguration, port: Int) async {
    let error = await #expect(throws: RPCError.self) { try await self.call(tls, port: port) }
    #expect(error?.code == .unavailable)
  }

  /// The client of the mesh, but for what it shows and speaks.
  private func client(
    _ identity: TLSConfiguration.Identity?, protocols: [String] = ["h2"]
  ) -> TLSConfiguration {
    .client(
      identity: identity, trustedAuthoritiesPath: self.certificates.authorityPath,
      expecting: .init(spiffeID: CertificateRequest.spiffeID(ofService: "trading")),
      applicationProtocols: protocols, requiresApplicationProtocol: false)
  }

  /// What is wrong with a client's certificate.
  enum Flaw: CaseIterable {
    case missing, expired, notYetValid, ofAnotherAuthority, forServersOnly

    fileprivate func identity(
      _ certificates: TestCertificates
    ) throws -> TLSConfiguration.Identity? {
      switch self {
      case .missing: nil
      case .expired: try certificates.expiredService("gateway")
      case .notYetValid: try certificates.futureService("gateway")
      case .ofAnotherAuthority: try certificates.strangersService("gateway")
      case .forServersOnly: try certificates.edge()
      }
    }

    /// What the server's log says.
    fileprivate var reason: String {
      switch self {
      case .missing: "peerCertificateMissing"
      case .expired: "peerCertificateExpired"
      case .notYetValid: "peerCertificateNotYetValid"
      case .ofAnotherAuthority: "peerCertificateUntrusted"
      case .forServersOnly: "peerCertificateInvalid"
      }
    }
  }

  @Test("a client with a wrong certificate, or none", arguments: Flaw.allCases)
  func wrongClient(flaw: Flaw) async throws {
    let identity = try flaw.identity(self.certificates)
    try await self.withServer(
      { await Self.expectRefusal(self.client(identity), port: $0) }, refusedFor: flaw.reason)
  }

  @Test("a client that expects another server, and so learns nothing of this one")
  func wrongServer() async throws {
    let tls = try self.certificates.meshClient("gateway", calling: "auth")
    try await self.withServer(
      { await Self.expectRefusal(tls, port: $0) }, refusedFor: "alertReceived")
  }

  @Test("a client that states no application protocol, or another", arguments: [[], ["http/1.1"]])
  func wrongProtocol(protocols: [String]) async throws {
    let tls = self.client(try self.certificates.service("gateway"), protocols: protocols)
    try await self.withServer(
      { await Self.expectRefusal(tls, port: $0) }, refusedFor: "applicationProtocolUnsupported")
  }

  @Test("a client of TLS 1.2 or older", arguments: ["-tls1_2", "-tls1_1"])
  func oldTLS(version: String) async throws {
    let identity = try self.certificates.service("gateway")
    try await self.withServer(
      { port in
        let client = try await Program.run(
          "/usr/bin/env",
          [
            "openssl", "s_client", "-connect", "127.0.0.1:\(port)", version, "-alpn", "h2",
            "-cipher", "ALL:@SECLEVEL=0", "-CAfile", self.certificates.authorityPath,
            "-cert", identity.certificateChainPath, "-key", identity.privateKeyPath,
          ])
        #expect(client.exitCode == 1)
        #expect((client.output + client.errors).contains("alert protocol version"))
      }, refusedFor: "protocolVersionUnsupported")
  }
}
