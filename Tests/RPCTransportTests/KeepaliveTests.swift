import NIOCore
import NIOPosix
import RPC
import RPCTransport
import TestSupport
import Testing
import TestingContract

/// Whether the other end is alive is asked, and not more often than servers bear.
@Suite(.timeLimit(.minutes(5))) struct KeepaliveTests {
  /// Answers with nothing but SETTINGS, like a machine whose network was cut.
  private final class Silence: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
      let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
      context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: settings)), promise: nil)
    }
  }

  @Test("a server that is silent is given up")
  func deadServer() async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in channel.pipeline.addHandler(Silence()) }
      .bind(host: "127.0.0.1", port: 0).get()
    var configuration = ClientConnection.Configuration(tls: nil)
    configuration.keepaliveInterval = .milliseconds(50)
    configuration.keepaliveTimeout = .milliseconds(100)
    let connection = try await ClientConnection.connect(
      host: "127.0.0.1", port: try #require(server.localAddress?.port), configuration)
    let error = await #expect(throws: RPCError.self) {
      try await TestingV1.TestingServiceClient(connection).echo(TestingV1.EchoRequest())
    }
    #expect(error?.code == .unavailable)
    #expect(error?.cause.map { "\($0)" }?.contains("did not answer a ping") == true)
    #expect(connection.state == .closed)
    try await server.close()
  }

  /// How a call ends that waits for its answer and pings every 50 ms at first.
  private func idleCall(idleInterval: Duration, delayMs: Int32) async throws -> RPCError? {
    let certificates = try TestCertificates()
    var configuration = ClientConnection.Configuration(
      tls: try certificates.meshClient("gateway", calling: "trading"))
    configuration.keepaliveInterval = .milliseconds(50)
    configuration.keepaliveTimeout = .seconds(60)
    configuration.keepaliveIdleInterval = idleInterval
    return try await GRPCIOServer.run(
      identity: try certificates.service("trading"), trusting: certificates.authorityPath
    ) { server -> RPCError? in
      let connection = try await ClientConnection.connect(
        host: "127.0.0.1", port: server.port, configuration)
      var request = TestingV1.EchoRequest()
      request.delayMs = delayMs
      do {
        _ = try await TestingV1.TestingServiceClient(connection).echo(request)
        return nil
      } catch {
        return RPCError(reporting: error)
      }
    }
  }

  @Test("grpcio bears our pings on an idle call")
  func tolerated() async throws {
    let error = try await self.idleCall(idleInterval: .seconds(310), delayMs: 3_000)
    #expect(error == nil)
  }

  @Test("grpcio does not bear more of them")
  func tooMany() async throws {
    // Ends with the fourth ping, however long that takes here.
    let error = try await self.idleCall(idleInterval: .milliseconds(50), delayMs: 200_000)
    #expect(error?.code == .unavailable)
  }
}
