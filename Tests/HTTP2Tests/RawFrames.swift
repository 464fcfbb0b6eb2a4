import HTTP2

/// A server's session, fed frame by frame by a client that need not keep to any rule.
final class RawFrames {
  /// The types of frames (RFC 9113, 6).
  enum FrameType: UInt8 {
    case data = 0
    case headers = 1
    case priority = 2
    case resetStream = 3
    case settings = 4
    case ping = 6
    case windowUpdate = 8
    case continuation = 9
  }

  /// Flags that mean the same wherever they are allowed.
  static let endStream: UInt8 = 1
  static let endHeaders: UInt8 = 4

  let session: HTTP2Session
  private let delegate = Delegate()
  private(set) var nextStream: Int32 = 1

  private final class Delegate: HTTP2SessionDelegate {
    func makeStream() -> HTTP2Stream { HTTP2Stream() }
    func receivedSettings() {}
    func receivedGoAway(lastStreamID: Int32, code: HTTP2ErrorCode, reason: String) {}
    func receivedPing() {}
    func receivedPingAnswer(_ mark: UInt64) {}
  }

  /// Says hello: the preface and empty SETTINGS.
  init(_ limits: HTTP2Limits, now: @escaping HTTP2Session.Clock = { .now }) throws {
    self.session = try HTTP2Session(.server, limits: limits, now: now)
    self.session.delegate = self.delegate
    try self.receive(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8))
    try self.send(.settings)
  }

  deinit {
    self.session.close()
  }

  /// Sends a frame, and reads what the server has to say unless told not to.
  func send(
    _ type: FrameType, flags: UInt8 = 0, stream: Int32 = 0, _ payload: [UInt8] = [],
    reads: Bool = true
  ) throws {
    let length = [16, 8, 0].map { UInt8(truncatingIfNeeded: payload.count >> $0) }
    try self.receive(length + [type.rawValue, flags] + Self.bytes(stream) + payload)
    if reads { try self.read() }
  }

  /// Opens a stream with the head of a call, and more fields after it.
  @discardableResult
  func open(_ more: [UInt8] = [], flags: UInt8 = endHeaders) throws -> Int32 {
    let stream = self.nextStream
    self.nextStream += 2
    try self.send(.headers, flags: flags, stream: stream, Self.head + more)
    return stream
  }

  /// Reads what the server has to say.
  func read() throws {
    while try self.session.nextOutput() != nil {}
  }

  private func receive(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try self.session.receive($0) }
  }

  /// A number of 32 bits, as frames have it.
  static func bytes(_ number: Int32) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  /// `:method: POST`, `:scheme: http`, `:path: /` by their numbers in the static table (RFC 7541, A), and
  /// an `:authority` that is not kept.
  private static let head: [UInt8] = [0x83, 0x86, 0x84, 0x01, 1, UInt8(ascii: "a")]

  /// A field that is kept in the dynamic table, and then `count` times more by its number there.
  static func bomb(value: Int, times count: Int) -> [UInt8] {
    // A literal with indexing, a name of one byte; the value's length in a prefix of seven bits.
    var field: [UInt8] = [0x40, 1, UInt8(ascii: "x"), 0x7F]
    var rest = value - 127
    while rest >= 128 {
      field.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    field.append(UInt8(rest))
    return field + [UInt8](repeating: UInt8(ascii: "y"), count: value)
      + [UInt8](repeating: 0x80 | 62, count: count)
  }
}
