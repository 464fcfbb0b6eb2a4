internal import NIOCore

/// Tells the HTTP handler behind the parser that bytes of a request are in, and drops those that it does not want: the
/// parser would collect what it cannot read.
final class ByteArrivalHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  weak var connection: HTTPConnectionHandler?

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard connection?.bytesArrived() ?? true else { return }
    context.fireChannelRead(data)
  }
}
