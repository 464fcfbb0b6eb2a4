import HTTP2
import RPC

/// What is left to send of a response whose head has been sent: messages, then trailers.
struct ResponseBody {
  /// Puts the messages behind their prefixes.
  var framer = MessageFramer()
  /// Where more messages come from; a unary call has none.
  var messages: MessagePipe?
  /// What ends the response; nil is OK without metadata.
  var trailers: HTTP2Headers?

  /// Writes as much as there is and the buffer takes; at the end, the trailers follow.
  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> HTTP2Stream.Production {
    var count = 0
    while true {
      count += self.framer.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      guard self.framer.isDone else { return HTTP2Stream.Production(count: count, then: .more) }
      switch self.messages?.poll() {
      case .message(let message): self.framer.start(message)
      case .empty: return HTTP2Stream.Production(count: count, then: .pause)
      case .finished, .failed, nil: return HTTP2Stream.Production(count: count, then: .trailers)
      }
    }
  }
}
