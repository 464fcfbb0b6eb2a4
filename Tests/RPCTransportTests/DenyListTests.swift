import Core
import Foundation
import Logging
import RPC
import RPCTransport
import Synchronization
import TLS
import TestSupport
import Testing
import TestingContract

/// Peers that come to be denied while they are connected.
@Suite(.timeLimit(.minutes(5))) struct DenyListTests {
  private let certificates: TestCertificates
  private let trading: TestIdentity
  private let gateway: TestIdentity
  private let folder: TemporaryFolder
  private let list: String
  private let refused = Refused()
  private let log = LogCapture()

  init() throws {
    certificates = try TestCertificates()
    trading = try TestIdentity(certificates, service: "trading")
    gateway = try TestIdentity(certificates, service: "gateway")
    folder = try TemporaryFolder()
    list = try folder.write("denied", "")
  }

  private final class Refused: Sendable {
    let peers = Mutex<[RefusedPeer]>([])
  }

  private func deny(_ text: String, _ credentials: TLSCredentialSource) throws {
    try Data(text.utf8).write(to: URL(filePath: list), options: .atomic)
    #expect(credentials.refresh(now: SystemClock().now).hasChanged)
  }

  private func serve(
    _ service: TestingServiceImplementation, _ credentials: TLSCredentialSource
  ) async throws -> RPCServer {
    var configuration = RPCServer.Configuration(
      tls: certificates.meshServer(credentials), logger: log.logger)
    configuration.credentials = credentials
    configuration.peerRefused = { [refused] peer in refused.peers.withLock { $0.append(peer) } }
    return try await RPCServer.start(
      RPCRouter(services: [service], accessController: CallerRules()), configuration)
  }

  private func connect(
    to server: RPCServer, _ credentials: TLSCredentialSource
  ) async throws -> ClientConnection {
    var configuration = ClientConnection.Configuration(
      tls: .client(
        identity: credentials.files.identity,
        trustedAuthoritiesPath: certificates.authorityPath,
        expecting: .init(spiffeID: "spiffe://alphintra/service/trading"),
        applicationProtocols: ["h2"]))
    configuration.credentials = credentials
    return try await ClientConnection.connect(
      host: "127.0.0.1", port: server.port, configuration)
  }

  /// A call that waits for its end, which is to be a failure.
  private func waitingCall(
    _ connection: ClientConnection, _ service: TestingServiceImplementation
  ) async -> Task<RPCError?, Never> {
    let call = Task { () -> RPCError? in
      var request = TestingV1.EchoRequest()
      request.delayMs = 600_000
      do {
        _ = try await TestingV1.TestingServiceClient(connection).echo(request)
        return nil
      } catch {
        return error as? RPCError
      }
    }
    for await _ in service.waits.stream { break }
    return call
  }

  @Test func aDeniedClientIsCutOffWithItsCallsAndDoesNotComeBack() async throws {
    let service = TestingServiceImplementation()
    let credentials = try trading.source(denyList: list)
    let server = try await serve(service, credentials)
    let connection = try await connect(to: server, gateway.source())
    let call = await waitingCall(connection, service)
    let other = try await connect(
      to: server, TestIdentity(certificates, service: "auth").source())

    try deny("spiffe://alphintra/service/gateway", credentials)
    #expect(await call.value?.code == .unavailable)
    // The handler was told, too.
    for await _ in service.cancellations.stream { break }
    try await eventually { connection.state == .closed }
    let refusal = await #expect(throws: RPCError.self) {
      try await connect(to: server, gateway.source())
    }
    #expect("\(String(describing: refusal))".contains("certificate_revoked"))
    // The server notes it after its client has been told.
    try await eventually { server.counters[.denied] == 2 }
    try await eventually { log.lines.count { $0.level == .warning } == 2 }
    // Nobody else noticed.
    let client = TestingV1.TestingServiceClient(other)
    #expect(
      try await client.whoAmI(TestingV1.WhoAmIRequest()).spiffeID
        == "spiffe://alphintra/service/auth")

    let peers = refused.peers.withLock { $0 }
    #expect(peers.count == 2)
    #expect(peers.allSatisfy { $0.reason.contains("the deny-list names") })
    #expect(peers.first?.caller == "spiffe://alphintra/service/gateway")

    let warnings = log.lines.filter { $0.level == .warning }
    #expect(warnings.count == 2)
    for line in warnings {
      #expect(
        "\(line.metadata["error"] ?? "")".contains(
          "the deny-list names spiffe://alphintra/service/gateway"))
    }

    try deny("# nobody", credentials)
    let again = try await connect(to: server, gateway.source())
    _ = try await TestingV1.TestingServiceClient(again).whoAmI(TestingV1.WhoAmIRequest())
    await server.stop(grace: .zero)
  }

  @Test func oneCertificateIsCutOffAndTheNextOneOfTheServiceIsNot() async throws {
    let credentials = try trading.source(denyList: list)
    let server = try await serve(TestingServiceImplementation(), credentials)
    let clients = try gateway.source()
    let stolen = try #require(clients.current.certificate)
    let old = try await connect(to: server, clients)
    try gateway.rotate()
    #expect(clients.refresh(now: SystemClock().now).hasChanged)
    let new = try await connect(to: server, clients)
    try deny("serial:\(stolen.serialNumber)", credentials)
    try await eventually { old.state == .closed }
    _ = try await TestingV1.TestingServiceClient(new).whoAmI(TestingV1.WhoAmIRequest())
    #expect(new.state == .ready)
    await server.stop(grace: .zero)
  }

  @Test func aDeniedServerIsLeftByItsClients() async throws {
    let service = TestingServiceImplementation()
    let server = try await serve(service, trading.source())
    let credentials = try gateway.source(denyList: list)
    let connection = try await connect(to: server, credentials)
    let call = await waitingCall(connection, service)
    try deny("spiffe://alphintra/service/trading", credentials)
    let failure = await call.value
    #expect(failure?.code == .unavailable)
    #expect((failure?.cause as? TLSError)?.code == .peerDenied)
    #expect(connection.state == .closed)
    let refused = await #expect(throws: RPCError.self) {
      try await connect(to: server, credentials)
    }
    #expect((refused?.cause as? TLSError)?.code == .peerDenied)
    await server.stop(grace: .zero)
  }
}
