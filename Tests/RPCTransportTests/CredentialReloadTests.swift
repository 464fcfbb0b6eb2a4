import Core
import RPC
import RPCTransport
import TLS
import TestSupport
import Testing
import TestingContract

/// Certificates that change while a server runs.
@Suite(.timeLimit(.minutes(5))) struct CredentialReloadTests {
  private let certificates: TestCertificates
  private let trading: TestIdentity
  private let credentials: TLSCredentialSource
  private let configuration: RPCServer.Configuration

  init() throws {
    certificates = try TestCertificates()
    trading = try TestIdentity(certificates, service: "trading")
    let tls = TLSConfiguration.server(
      identity: trading.paths,
      clientAuthentication: .required(trustedAuthoritiesPath: certificates.authorityPath),
      applicationProtocols: ["h2"])
    credentials = try TLSCredentialSource(tls.files)
    var configuration = RPCServer.Configuration(tls: tls, logger: .quiet)
    configuration.credentials = credentials
    self.configuration = configuration
  }

  private func connect(_ server: RPCServer) async throws -> ClientConnection {
    try await ClientConnection.connect(
      host: "127.0.0.1", port: server.port,
      .init(tls: certificates.meshClient("gateway", calling: "trading")))
  }

  private func whoAmI(_ connection: ClientConnection) async throws -> String {
    try await TestingV1.TestingServiceClient(connection).whoAmI(TestingV1.WhoAmIRequest()).spiffeID
  }

  @Test func newConnectionsSeeTheNewCertificateAndOpenOnesGoOn() async throws {
    let server = try await RPCServer.start(
      RPCRouter(services: [TestingServiceImplementation()], accessController: CallerRules()),
      configuration)
    let old = try await connect(server)
    let first = try #require(old.serverCertificate)
    try trading.rotate()
    #expect(credentials.refresh(now: SystemClock().now).hasChanged)
    let new = try await connect(server)
    #expect(new.serverCertificate?.serialNumber == credentials.current.certificate?.serialNumber)
    #expect(new.serverCertificate?.serialNumber != first.serialNumber)
    for connection in [old, new] {
      #expect(try await whoAmI(connection) == "spiffe://alphintra/service/gateway")
    }
    #expect(old.state == .ready)
    await server.stop(grace: .zero)
  }

  @Test func aBadCertificateChangesNothingForNewConnections() async throws {
    let server = try await RPCServer.start(
      RPCRouter(services: [TestingServiceImplementation()], accessController: CallerRules()),
      configuration)
    let serial = try #require(credentials.current.certificate).serialNumber
    try trading.rotate(from: -7200, until: -3600)
    #expect(credentials.refresh(now: SystemClock().now).failures.count == 1)
    let connection = try await connect(server)
    #expect(connection.serverCertificate?.serialNumber == serial)
    #expect(try await whoAmI(connection) == "spiffe://alphintra/service/gateway")
    await server.stop(grace: .zero)
  }
}
