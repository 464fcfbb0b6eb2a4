import Mesh
import Protobuf
import RPC
import RPCTransport
import ServiceKit
import TLS
import TestSupport
import Testing
import TestingContract

/// The certificates of a service that runs.
@Suite(.timeLimit(.minutes(5))) struct ServiceCertificatesTests {
  @Test func aNewCertificateIsShownToCallersAndToTheServicesCalled() async throws {
    let fixture = try await RunnerFixture()
    let definitions = [SmallService.definition("shown")]
    try await fixture.migrate(definitions)
    let identity = try TestIdentity(fixture.certificates, service: "shown")
    let process = try await fixture.start(
      definitions,
      [
        "SHOWN_TLS_CERTIFICATE": identity.paths.certificateChainPath,
        "SHOWN_TLS_KEY": identity.paths.privateKeyPath, "TLS_RELOAD_INTERVAL": "0.1",
      ])
    try await fixture.waitUntil(serve: "shown", process)
    let port = try #require(try fixture.directory.addresses(of: "shown").first?.port)
    func serialNumber() async throws -> String? {
      let connection = try await ClientConnection.connect(
        host: "127.0.0.1", port: port,
        .init(tls: fixture.certificates.meshClient("gateway", calling: "shown")))
      defer { connection.close() }
      return connection.serverCertificate?.serialNumber
    }
    let before = try await serialNumber()
    try identity.rotate()
    try await eventually { try await serialNumber() != before }
    // Its own calls go on under the new one: here, to itself.
    let client = try fixture.client(of: "shown")
    let answer = try await client.echo(
      TestingV1.EchoRequest.with { $0.text = "shown" }, options: CallOptions(timeout: .seconds(60)))
    #expect(answer.text == "spiffe://alphintra/service/shown")
    try await process.stop()
  }

  @Test func aCallerPutOnTheDenyListIsCutOff() async throws {
    let fixture = try await RunnerFixture()
    let definitions = [SmallService.definition("strict")]
    try await fixture.migrate(definitions)
    let list = try fixture.folder.write("denied", "# nobody\n")
    let process = try await fixture.start(
      definitions, ["TLS_DENY_LIST": list, "TLS_RELOAD_INTERVAL": "0.1"])
    try await fixture.waitUntil(serve: "strict", process)
    let port = try #require(try fixture.directory.addresses(of: "strict").first?.port)
    func connect() async throws -> ClientConnection {
      try await ClientConnection.connect(
        host: "127.0.0.1", port: port,
        .init(tls: fixture.certificates.meshClient("gateway", calling: "strict")))
    }
    let connection = try await connect()
    _ = try await TestingV1.TestingServiceClient(connection).whoAmI(
      TestingV1.WhoAmIRequest(), options: CallOptions(timeout: .seconds(60)))
    _ = try fixture.folder.write("denied", "spiffe://alphintra/service/gateway\n")
    try await eventually { connection.state == .closed }
    await #expect(throws: RPCError.self) { try await connect() }
    try await process.stop()
  }
}
