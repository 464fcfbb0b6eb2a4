internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// Turns one HTTP connection into a WebSocket (RFC 6455 section 4.2.2).
struct WebSocketUpgrader {
  /// What reads HTTP: gone before the answer is written, so that nothing parses frames as requests.
  let readers: [any RemovableChannelHandler]

  /// What writes HTTP: gone after the answer.
  let writer: any RemovableChannelHandler

  let limits: WebSocketLimits

  /// Makes what stands behind the socket.
  let makeEndpoint: @Sendable (WebSocketAdmission, any EventLoop) -> any WebSocketEndpoint

  /// Answers with 101 and replaces the handlers of HTTP, `handler` last: it keeps what comes in between.
  func upgrade(
    _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ admission: WebSocketAdmission,
    handler: HTTPConnectionHandler
  ) {
    let limits = limits
    let extraHeaders: HTTPHeaders = [CorrelationID.header: admission.correlationID]
    let endpoint = makeEndpoint(admission, context.eventLoop)
    let protocolUpgrader = NIOWebSocketServerUpgrader(
      maxFrameSize: limits.messageBytes, automaticErrorHandling: false,
      shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(extraHeaders) },
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            WebSocketHandler(limits, endpoint: endpoint))
        }
      })
    let pipeline = context.pipeline.syncOperations
    let loop = context.eventLoop
    var removals: [EventLoopFuture<Void>] = []
    for reader in readers { removals.append(pipeline.removeHandler(reader)) }
    EventLoopFuture.andAllSucceed(removals, on: loop).assumeIsolated()
      .flatMap {
        protocolUpgrader.buildUpgradeResponse(
          channel: context.channel, upgradeRequest: head, initialResponseHeaders: [:])
      }
      .flatMap { headers in
        let response = HTTPResponseHead(
          version: .http1_1, status: .switchingProtocols, headers: headers)
        return context.writeAndFlush(NIOAny(HTTPServerResponsePart.head(response)))
      }
      .flatMap { pipeline.removeHandler(writer) }
      .flatMap { protocolUpgrader.upgrade(context: context, upgradeRequest: head) }
      .flatMap { pipeline.removeHandler(handler) }
      .whenFailure { _ in context.close(promise: nil) }
  }
}
