internal import NIOCore

/// Tells the HTTP handler behind the parser that bytes of a request are in.
final class ByteArrivalHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  weak var connection: HTTPConnectionHandler?

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    connection?.bytesArrived()
    context.fireChannelRead(data)
  }
}
