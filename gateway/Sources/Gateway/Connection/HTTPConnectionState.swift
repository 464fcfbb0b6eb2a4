internal import NIOCore
internal import NIOHTTP1

/// What an HTTP/1.1 connection is about.
enum HTTPConnectionState {
  /// Between requests.
  case idle
  /// The first byte of a request is in, its head is not complete.
  case receivingHead
  /// The head is in, and what came with it is being read.
  case receivingBody(HTTPRequestHead, IncomingBody)
  /// The response is being made; the body may still come in.
  case answering(HTTPRequestHead, IncomingBody, Task<Void, Never>)
  /// The response is made; the client is taking it.
  case responding(isLast: Bool)
  /// The last response is taken; what still comes in is dropped.
  case lingering
  /// The connection becomes a WebSocket; what still comes in is kept for it.
  case upgrading([NIOAny])
  /// Over.
  case closed
}
