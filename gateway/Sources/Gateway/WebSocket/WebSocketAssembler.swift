internal import NIOCore
internal import NIOWebSocket

/// Makes messages of frames and holds a client to RFC 6455.
struct WebSocketAssembler {
  /// What a frame completes.
  enum Event: Equatable {
    /// A whole text message, checked to be UTF-8.
    case text(ByteBuffer)
    /// A whole binary message.
    case binary(ByteBuffer)
    /// To be answered by a pong with the same bytes.
    case ping(ByteBuffer)
    /// The answer to a ping.
    case pong
    /// The client wants to close; nil when it does not say why.
    case close(WebSocketCloseCode?)
  }

  private struct Partial {
    var bytes: ByteBuffer
    /// Nil for a binary message.
    var text: UTF8Stream?
  }

  private let messageLimit: Int
  private var partial: Partial?

  init(messageLimit: Int) {
    self.messageLimit = messageLimit
  }

  /// Takes the next frame.
  ///
  /// - Returns: What it completes; nil for a fragment that is not the last.
  mutating func receive(_ frame: WebSocketFrame) throws(WebSocketViolation) -> Event? {
    guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
      throw WebSocketViolation(.protocolError, "reserved bits are set, no extension was agreed on")
    }
    guard frame.maskKey != nil else {
      throw WebSocketViolation(.protocolError, "a client's frames are masked")
    }
    let data = frame.unmaskedData
    switch frame.opcode {
    case .text, .binary:
      guard partial == nil else {
        throw WebSocketViolation(.protocolError, "a message starts before the last one ended")
      }
      let isText = frame.opcode == .text
      partial = Partial(bytes: ByteBuffer(), text: isText ? UTF8Stream() : nil)
      return try append(data, isLast: frame.fin)
    case .continuation:
      guard partial != nil else {
        throw WebSocketViolation(.protocolError, "a continuation of no message")
      }
      return try append(data, isLast: frame.fin)
    case .ping: return .ping(data)
    case .pong: return .pong
    case .connectionClose: return .close(try closeCode(data))
    default: throw WebSocketViolation(.protocolError, "an opcode that RFC 6455 does not define")
    }
  }

  private mutating func append(
    _ data: ByteBuffer, isLast: Bool
  ) throws(WebSocketViolation) -> Event? {
    guard var partial else { return nil }
    self.partial = nil
    guard partial.bytes.readableBytes + data.readableBytes <= messageLimit else {
      throw WebSocketViolation(.messageTooLarge, "a message has at most \(messageLimit) bytes")
    }
    if var text = partial.text {
      guard text.accept(data.readableBytesView), !isLast || text.isComplete else {
        throw WebSocketViolation(.invalidData, "a text message is UTF-8")
      }
      partial.text = text
    }
    if partial.bytes.readableBytes == 0 {
      partial.bytes = data
    } else {
      partial.bytes.writeImmutableBuffer(data)
    }
    guard isLast else {
      self.partial = partial
      return nil
    }
    return partial.text == nil ? .binary(partial.bytes) : .text(partial.bytes)
  }

  private func closeCode(_ data: ByteBuffer) throws(WebSocketViolation) -> WebSocketCloseCode? {
    var data = data
    guard data.readableBytes > 0 else { return nil }
    guard let number = data.readInteger(as: UInt16.self) else {
      throw WebSocketViolation(.protocolError, "a close frame has a code of two bytes, or nothing")
    }
    let code = WebSocketCloseCode(rawValue: number)
    guard code.mayBeSent else {
      throw WebSocketViolation(.protocolError, "close code \(number) may not be sent")
    }
    var text = UTF8Stream()
    guard text.accept(data.readableBytesView), text.isComplete else {
      throw WebSocketViolation(.invalidData, "the reason of a close frame is UTF-8")
    }
    return code
  }
}
