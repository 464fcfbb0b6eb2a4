import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import TLS
import TLSChannel
import TestSupport

/// A small HTTPS server that tells what it was sent, and echoes what comes over a WebSocket; at
/// `/greeting` it speaks first.
struct EchoEdge {
  private enum Accepted: Sendable {
    case webSocket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
    case http(NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>)
  }

  /// Serves for the length of a closure, which is given the port and the authority's path.
  static func serving<Result: Sendable>(
    _ body: @Sendable @escaping (Int, String) async throws -> Result
  ) async throws -> Result {
    let certificates = try TestCertificates()
    let context = try TLSContext(
      .server(
        identity: certificates.edge(), clientAuthentication: .none,
        applicationProtocols: ["http/1.1"]))
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture { try configure(channel, context) }
      }
    guard let port = server.channel.localAddress?.port else { throw ChannelError.ioOnClosedChannel }
    let authorityPath = certificates.authorityPath
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await server.executeThenClose { connections in
          try await withThrowingDiscardingTaskGroup { group in
            for try await accepted in connections {
              group.addTask { try? await serve(accepted.get()) }
            }
          }
        }
      }
      let result = try await body(port, authorityPath)
      group.cancelAll()
      return result
    }
  }

  private static func configure(
    _ channel: any Channel, _ context: TLSContext
  ) throws -> EventLoopFuture<Accepted> {
    try channel.pipeline.syncOperations.addHandler(TLSHandler(context))
    let upgrader = NIOTypedWebSocketServerUpgrader<Accepted>(
      shouldUpgrade: { channel, head in
        channel.eventLoop.makeSucceededFuture(head.uri == "/refused" ? nil : [:])
      },
      upgradePipelineHandler: { channel, head in
        channel.eventLoop.makeCompletedFuture {
          if head.uri == "/greeting" {
            let greeting = ByteBuffer(string: "welcome")
            channel.writeAndFlush(
              WebSocketFrame(fin: true, opcode: .text, data: greeting), promise: nil)
          }
          return .webSocket(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
        }
      })
    return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
      configuration: .init(
        upgradeConfiguration: .init(
          upgraders: [upgrader],
          notUpgradingCompletionHandler: { channel in
            channel.eventLoop.makeCompletedFuture {
              .http(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
            }
          })))
  }

  private static func serve(_ accepted: Accepted) async throws {
    switch accepted {
    case .http(let channel):
      try await channel.executeThenClose { inbound, outbound in
        var text = ""
        for try await part in inbound {
          switch part {
          case .head(let head):
            text = "\(head.method) \(head.uri) \(head.headers["Authorization"].first ?? "-")\n"
          case .body(let bytes):
            text += String(buffer: bytes)
          case .end:
            let answer = ByteBuffer(string: text)
            let headers: HTTPHeaders = ["Content-Length": "\(answer.readableBytes)"]
            try await outbound.write(
              .head(HTTPResponseHead(version: .http1_1, status: .accepted, headers: headers)))
            try await outbound.write(.body(.byteBuffer(answer)))
            try await outbound.write(.end(nil))
            return
          }
        }
      }
    case .webSocket(let channel):
      try await channel.executeThenClose { inbound, outbound in
        for try await frame in inbound where frame.opcode == .text {
          let data = frame.unmaskedData
          try await outbound.write(WebSocketFrame(fin: false, opcode: .text, data: data))
          try await outbound.write(WebSocketFrame(fin: true, opcode: .continuation, data: data))
        }
      }
    }
  }
}
