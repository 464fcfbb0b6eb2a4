/// A WebSocket client that builds its frames by hand, right or wrong.
struct TestWebSocket: Sendable {
  enum Opcode: UInt8 {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10
  }

  struct Frame: Equatable {
    let opcode: UInt8
    let isLast: Bool
    let payload: [UInt8]

    var text: String { String(decoding: payload, as: UTF8.self) }
    var closeCode: UInt16? {
      payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
    }
    var closeReason: String { String(decoding: payload.dropFirst(2), as: UTF8.self) }
  }

  struct Refused: Error {
    let response: String
  }

  let connection: RawConnection

  /// Opens a socket.
  static func open(
    _ live: LiveGateway, headers: [String] = [], receiveBuffer: Int32? = nil
  ) async throws -> TestWebSocket {
    try await open(live.running, headers: headers, receiveBuffer: receiveBuffer)
  }

  /// Opens a socket.
  static func open(
    _ gateway: RunningGateway, headers: [String] = [], receiveBuffer: Int32? = nil
  ) async throws -> TestWebSocket {
    let connection = try await RawConnection.open(gateway, receiveBuffer: receiveBuffer)
    let lines =
      [
        "GET /ws/v1 HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ] + headers
    try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    let response = try await connection.response()
    // The accept value of RFC 6455 section 1.3 for this key.
    guard response.hasPrefix("HTTP/1.1 101 "),
      response.lowercased().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=")
    else { throw Refused(response: response) }
    return TestWebSocket(connection: connection)
  }

  func send(_ text: String) async throws {
    try await send(.text, Array(text.utf8))
  }

  func send(
    _ opcode: Opcode, _ payload: [UInt8], isLast: Bool = true, isMasked: Bool = true,
    reserved: UInt8 = 0
  ) async throws {
    try await connection.send(
      Self.frame(
        opcode.rawValue, payload, isLast: isLast, isMasked: isMasked, reserved: reserved))
  }

  static func frame(
    _ opcode: UInt8, _ payload: [UInt8], isLast: Bool = true, isMasked: Bool = true,
    reserved: UInt8 = 0
  ) -> [UInt8] {
    var bytes = [(isLast ? 0x80 : 0) | reserved << 4 | opcode]
    let maskBit: UInt8 = isMasked ? 0x80 : 0
    switch payload.count {
    case ..<126: bytes.append(maskBit | UInt8(payload.count))
    case ..<65536:
      bytes += [maskBit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    default:
      bytes.append(maskBit | 127)
      bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
    }
    guard isMasked else { return bytes + payload }
    let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
    return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
  }

  /// The next frame.
  func frame(within limit: Duration = .seconds(60)) async throws -> Frame {
    let bytes = try await connection.receive(within: limit) { Self.length(of: $0) }
    let header = bytes.count - Self.payloadLength(of: bytes).length
    return Frame(
      opcode: bytes[0] & 15, isLast: bytes[0] & 0x80 != 0, payload: Array(bytes[header...]))
  }

  /// The next message that is no heartbeat, whole; pings may come between its frames.
  func message(within limit: Duration = .seconds(60)) async throws -> String {
    var payload: [UInt8] = []
    var isBegun = false
    while true {
      let frame = try await frame(within: limit)
      if frame.opcode == Opcode.ping.rawValue { continue }
      let expected = isBegun ? Opcode.continuation : .text
      guard frame.opcode == expected.rawValue else {
        throw Refused(response: "\(frame.opcode) \(frame.closeReason)")
      }
      payload += frame.payload
      isBegun = !frame.isLast
      if isBegun { continue }
      let text = String(decoding: payload, as: UTF8.self)
      if !text.contains(#""type":"heartbeat""#) { return text }
      payload = []
    }
  }

  /// The close frame, whatever comes before it.
  func close(within limit: Duration = .seconds(60)) async throws -> Frame {
    while true {
      let frame = try await frame(within: limit)
      if frame.opcode == Opcode.close.rawValue { return frame }
    }
  }

  private static func payloadLength(of bytes: [UInt8]) -> (start: Int, length: Int) {
    switch bytes[1] & 0x7F {
    case 126: (4, Int(bytes[2]) << 8 | Int(bytes[3]))
    case 127: (10, bytes[2..<10].reduce(0) { $0 << 8 | Int($1) })
    case let short: (2, Int(short))
    }
  }

  private static func length(of bytes: [UInt8]) -> Int? {
    guard bytes.count >= 2 else { return nil }
    let header =
      switch bytes[1] & 0x7F {
      case 126: 4;
      case 127: 10;
      default: 2
      }
    guard bytes.count >= header else { return nil }
    let (start, length) = payloadLength(of: bytes)
    return bytes.count >= start + length ? start + length : nil
  }
}
