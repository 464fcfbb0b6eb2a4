import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Synchronization
import TLSChannel

/// An open WebSocket to the edge: text messages both ways.
public struct EdgeWebSocket: Sendable {
  /// What the edge sends, in order; ends when either side closes.
  public let messages: AsyncStream<String>

  private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
  private let end: End

  /// The code with which the edge closed, once ``messages`` have ended; nil if the connection just ended.
  public var closeCode: UInt16? { end.code.withLock { $0 } }

  /// How the edge closed.
  fileprivate final class End: Sendable {
    let code = Mutex<UInt16?>(nil)
  }

  /// Sends one text message.
  public func send(_ text: String) async throws {
    try await outbound.write(
      WebSocketFrame(
        fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text)))
  }

  fileprivate init(
    messages: AsyncStream<String>, outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, end: End
  ) {
    self.messages = messages
    self.outbound = outbound
    self.end = end
  }
}

extension EdgeClient {
  private enum Upgrade: Sendable {
    case webSocket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
    case refused
  }

  /// Opens a WebSocket for the length of a closure.
  ///
  /// - Throws: ``Failure/notUpgraded`` when the edge refuses.
  public func withWebSocket<Result: Sendable>(
    path: String = "/ws/v1", token: String? = nil,
    _ body: @Sendable (EdgeWebSocket) async throws -> Result
  ) async throws -> Result {
    let upgrade = try await connect { channel in
      channel.eventLoop.makeCompletedFuture {
        try upgradePipeline(channel, path: path, token: token)
      }
    }
    guard case .webSocket(let channel) = try await upgrade.get() else {
      throw Failure.notUpgraded
    }
    return try await channel.executeThenClose { inbound, outbound in
      let (messages, continuation) = AsyncStream.makeStream(of: String.self)
      let end = EdgeWebSocket.End()
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          defer { continuation.finish() }
          try? await receive(inbound, outbound, continuation, end)
        }
        let result = try await body(
          EdgeWebSocket(messages: messages, outbound: outbound, end: end))
        try? await outbound.write(
          WebSocketFrame(
            fin: true, opcode: .connectionClose, maskKey: .random(),
            data: ByteBuffer(integer: UInt16(webSocketErrorCode: .normalClosure))))
        group.cancelAll()
        return result
      }
    }
  }

  private func upgradePipeline(
    _ channel: any Channel, path: String, token: String?
  ) throws -> EventLoopFuture<Upgrade> {
    try channel.pipeline.syncOperations.addHandler(TLSHandler(context))
    let upgrader = NIOTypedWebSocketClientUpgrader<Upgrade>(
      maxFrameSize: Self.maximumResponseBytes
    ) { channel, _ in
      channel.eventLoop.makeCompletedFuture {
        .webSocket(
          try NIOAsyncChannel<WebSocketFrame, WebSocketFrame>(
            wrappingChannelSynchronously: channel))
      }
    }
    var headers = requestHeaders(token: token)
    headers.add(name: "Content-Length", value: "0")
    let configuration = NIOTypedHTTPClientUpgradeConfiguration(
      upgradeRequestHead: HTTPRequestHead(
        version: .http1_1, method: .GET, uri: path, headers: headers),
      upgraders: [upgrader],
      notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(.refused) })
    var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
    // What arrives with the answer that opens the socket are its first messages.
    pipeline.leftOverBytesStrategy = .forwardBytes
    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
      configuration: pipeline)
  }

  private func receive(
    _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
    _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>,
    _ continuation: AsyncStream<String>.Continuation, _ end: EdgeWebSocket.End
  ) async throws {
    var text = ByteBuffer()
    for try await frame in inbound {
      switch frame.opcode {
      case .text, .continuation:
        var data = frame.unmaskedData
        text.writeBuffer(&data)
        guard frame.fin else { continue }
        continuation.yield(String(buffer: text))
        text.clear()
      case .ping:
        try await outbound.write(
          WebSocketFrame(
            fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData))
      case .connectionClose:
        var payload = frame.unmaskedData
        let code = payload.readInteger(as: UInt16.self)
        end.code.withLock { $0 = code }
        return
      default:
        continue
      }
    }
  }
}
