import HTTP2
import RPC

/// What is left to send of a response whose head has been sent: messages, then trailers.
struct ResponseBody {
  /// How messages are compressed that may be.
  var compression: Compression {
    get { self.framer.compression }
    set { self.framer.compression = newValue }
  }
  /// Where more messages come from; a unary call has none.
  var messages: MessagePipe?
  /// What ends the response; nil is OK without metadata.
  var trailers: HTTP2Headers?
  /// Puts the messages behind their prefixes.
  private var framer = MessageFramer()
  /// What the message that is being written has taken of the budget.
  private var chargedBytes = 0
  /// How many bytes have been written, prefixes included.
  private var writtenBytes = 0
  /// The same when it was last asked whether that goes on; nil before.
  private var seenWrittenBytes: Int?

  /// Begins with the response of a unary call, which has been taken from the budget.
  mutating func start(_ message: consuming EncodedMessage) {
    self.chargedBytes = message.bytes.count
    self.framer.start(message)
  }

  /// Writes as much as there is and the buffer takes; at the end, the trailers follow.
  ///
  /// - Parameter budget: Gets back what messages have taken that are written.
  mutating func fill(
    _ buffer: UnsafeMutableRawBufferPointer, _ budget: MemoryBudget
  ) -> HTTP2Stream.Production {
    var count = 0
    defer { self.writtenBytes &+= count }
    while true {
      count += self.framer.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      guard self.framer.isDone else { return HTTP2Stream.Production(count: count, then: .more) }
      self.giveBack(budget)
      switch self.messages?.poll() {
      case .message(let message): self.start(message)
      case .empty: return HTTP2Stream.Production(count: count, then: .pause)
      case .finished, .failed, nil: return HTTP2Stream.Production(count: count, then: .trailers)
      }
    }
  }

  /// Lets go of all there is: nobody will take it.
  mutating func drop(_ budget: MemoryBudget, _ error: @autoclosure () -> RPCError) {
    self.giveBack(budget)
    self.messages.take()?.fail(error())
  }

  /// Whether nothing was written, though something waits to be, since this was last asked.
  ///
  /// - Parameter isEnding: Whether there is more to send than messages.
  mutating func isStalled(isEnding: Bool) -> Bool {
    defer { self.seenWrittenBytes = self.writtenBytes }
    let isWaiting = isEnding || !self.framer.isDone || self.messages?.isEmpty == false
    return isWaiting && self.seenWrittenBytes == self.writtenBytes
  }

  private mutating func giveBack(_ budget: MemoryBudget) {
    budget.giveBack(self.chargedBytes)
    self.chargedBytes = 0
  }
}
