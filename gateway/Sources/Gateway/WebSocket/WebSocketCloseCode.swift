/// Why a WebSocket ends (RFC 6455 section 7.4; 4000 and above are ours).
struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable {
  let rawValue: UInt16

  init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Done.
  static let normal = WebSocketCloseCode(rawValue: 1000)
  /// The gateway shuts down: connect again.
  static let goingAway = WebSocketCloseCode(rawValue: 1001)
  /// The peer broke the protocol.
  static let protocolError = WebSocketCloseCode(rawValue: 1002)
  /// The peer sent a binary message.
  static let unsupportedData = WebSocketCloseCode(rawValue: 1003)
  /// A text message is no UTF-8.
  static let invalidData = WebSocketCloseCode(rawValue: 1007)
  /// The peer sends more messages than it may.
  static let policyViolation = WebSocketCloseCode(rawValue: 1008)
  /// A message is too large.
  static let messageTooLarge = WebSocketCloseCode(rawValue: 1009)
  /// The session of the socket's user has ended: log in, then connect.
  static let sessionEnded = WebSocketCloseCode(rawValue: 4001)
  /// The peer does not read, and updates that must not be lost are waiting.
  static let slowConsumer = WebSocketCloseCode(rawValue: 4008)
  /// The peer answers no ping.
  static let unresponsive = WebSocketCloseCode(rawValue: 4009)

  /// Whether a peer may send it: not a reserved one, not one that stands for a missing close.
  var mayBeSent: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}

/// A frame or a message that ends the socket, with the words of its close frame.
struct WebSocketViolation: Error, Sendable, Hashable {
  let code: WebSocketCloseCode
  let reason: String

  init(_ code: WebSocketCloseCode, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}
