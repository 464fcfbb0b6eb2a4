import NIOCore
import NIOHTTP1

/// Answers the one request of a connection.
final class AdminHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let pages: AdminPages
  private var request: HTTPRequestHead?

  init(_ pages: AdminPages) { self.pages = pages }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    let timer = context.eventLoop.scheduleTask(in: AdminServer.connectionTimeout) {
      channel.close(promise: nil)
    }
    channel.closeFuture.whenComplete { _ in timer.cancel() }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): request = request ?? head
    case .body: break
    case .end:
      guard let head = request else { return }
      Self.answer(head, pages, context.channel)
    }
  }

  private static func answer(
    _ request: HTTPRequestHead, _ pages: AdminPages, _ channel: any Channel
  ) {
    Task {
      let page = await pages.answer(request.method.rawValue, request.uri)
      channel.eventLoop.execute { write(page, to: request, channel) }
    }
  }

  private static func write(_ page: AdminPage, to request: HTTPRequestHead, _ channel: any Channel)
  {
    let body = ByteBuffer(string: page.text)
    var headers = HTTPHeaders([
      ("content-type", page.contentType), ("content-length", "\(body.readableBytes)"),
      ("cache-control", "no-store"), ("connection", "close"),
    ])
    if page.status == 405 { headers.add(name: "allow", value: "GET, HEAD") }
    let head = HTTPResponseHead(
      version: request.version, status: HTTPResponseStatus(statusCode: page.status),
      headers: headers)
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    if request.method != .HEAD {
      channel.write(HTTPServerResponsePart.body(.byteBuffer(body)), promise: nil)
    }
    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
      channel.close(promise: nil)
    }
  }
}
