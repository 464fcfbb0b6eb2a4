import InteropPeers
import RPC
import RPCTransport
import TLS
import TestSupport
import Testing

/// gRPC's interoperability tests with grpcio, over mutual TLS; so with C-core, as it is today.
@Suite(.timeLimit(.minutes(5))) struct GRPCIOTests {
  private let certificates: TestCertificates

  init() throws { certificates = try TestCertificates() }

  /// All cases but one: grpcio compresses all requests of a call or none.
  static let clientCases = InteropCase.allCases.filter { $0 != .clientCompressedStreaming }

  @Test("grpcio's client with our server")
  func client() async throws {
    let server = try await RPCServer.start(
      RPCRouter(services: [InteropService()], accessController: Everybody()),
      RPCServer.Configuration(tls: try certificates.meshServer("trading")))
    let identity = try certificates.service("gateway")
    let outcomes = try await PythonPeer.talk(
      to: "interop_client.py",
      arguments: [
        "\(PythonPeer.repository)/protos", "\(server.port)", identity.certificateChainPath,
        identity.privateKeyPath, certificates.authorityPath,
      ] + Self.clientCases.map(\.rawValue)
    ) { client in
      var lines: [String] = []
      while let line = await client.next() { lines.append(line) }
      return lines
    }
    #expect(outcomes == Self.clientCases.map { "\($0.rawValue) OK" })
    await server.stop(grace: .seconds(2))
  }

  /// All cases but two: grpcio's server does not see whether a request is compressed.
  static let serverCases = InteropCase.allCases.filter {
    $0 != .clientCompressedUnary && $0 != .clientCompressedStreaming
  }

  @Test("our client with grpcio's server")
  func server() async throws {
    let identity = try certificates.service("trading")
    let configuration = ClientConnection.Configuration(
      tls: try certificates.meshClient("gateway", calling: "trading"))
    try await PythonPeer.talk(
      to: "interop_server.py",
      arguments: [
        "\(PythonPeer.repository)/protos", identity.certificateChainPath, identity.privateKeyPath,
        certificates.authorityPath,
      ]
    ) { server in
      let port = try #require(await server.next().flatMap { Int($0) })
      let connection = try await ClientConnection.connect(
        host: "127.0.0.1", port: port, configuration)
      for testCase in Self.serverCases {
        await #expect(throws: Never.self, "\(testCase.rawValue)") {
          try await testCase.run(connection)
        }
      }
      connection.close()
    }
  }
}
