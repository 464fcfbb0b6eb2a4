import NIOCore
import NIOWebSocket
import TestSupport
import Testing

@testable import Gateway

@Suite("Frames become messages, by RFC 6455")
struct WebSocketAssemblerTests {
  @Test("Fragments become one message, with control frames between them")
  func fragments() throws {
    var assembler = WebSocketAssembler(messageLimit: 100)
    #expect(try assembler.receive(frame(.text, "ab", fin: false)) == nil)
    #expect(try assembler.receive(frame(.ping, "p")) == .ping(ByteBuffer(string: "p")))
    #expect(try assembler.receive(frame(.continuation, "", fin: false)) == nil)
    #expect(
      try assembler.receive(frame(.continuation, "cd")) == .text(ByteBuffer(string: "abcd")))
    #expect(try assembler.receive(frame(.binary, "x")) == .binary(ByteBuffer(string: "x")))
    #expect(try assembler.receive(frame(.text, "")) == .text(ByteBuffer()))
    #expect(try assembler.receive(frame(.pong, "")) == .pong)
  }

  @Test("A character may be cut by a fragment's end, not by the message's")
  func cutCharacter() throws {
    let euro: [UInt8] = Array("€".utf8)
    var assembler = WebSocketAssembler(messageLimit: 100)
    #expect(try assembler.receive(frame(.text, [euro[0]], fin: false)) == nil)
    #expect(try assembler.receive(frame(.continuation, [euro[1]], fin: false)) == nil)
    #expect(
      try assembler.receive(frame(.continuation, [euro[2]])) == .text(ByteBuffer(string: "€")))
    #expect(throws: WebSocketViolation(.invalidData, "a text message is UTF-8")) {
      try assembler.receive(frame(.text, Array(euro.dropLast())))
    }
  }

  @Test("A wrong byte fails in its fragment, not at the message's end")
  func failsFast() throws {
    var assembler = WebSocketAssembler(messageLimit: 100)
    #expect(throws: WebSocketViolation(.invalidData, "a text message is UTF-8")) {
      try assembler.receive(frame(.text, [0x61, 0xFF], fin: false))
    }
  }

  @Test("A message in fragments has the same limit as one frame")
  func limit() throws {
    var assembler = WebSocketAssembler(messageLimit: 5)
    #expect(try assembler.receive(frame(.binary, "abc", fin: false)) == nil)
    #expect(try assembler.receive(frame(.continuation, "de", fin: false)) == nil)
    let error = #expect(throws: WebSocketViolation.self) {
      try assembler.receive(frame(.continuation, "f"))
    }
    #expect(error?.code == .messageTooLarge)
  }

  @Test("A client's frames are masked, plain and in order")
  func violations() {
    let unmasked = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: "a"))
    let reserved = WebSocketFrame(
      fin: true, rsv1: true, opcode: .text, maskKey: [1, 2, 3, 4], data: ByteBuffer())
    let unknown = frame(WebSocketOpcode(encodedWebSocketOpcode: 3) ?? .text, "")
    for wrong in [unmasked, reserved, unknown, frame(.continuation, "a")] {
      var assembler = WebSocketAssembler(messageLimit: 100)
      let error = #expect(throws: WebSocketViolation.self) { try assembler.receive(wrong) }
      #expect(error?.code == .protocolError)
    }
    var assembler = WebSocketAssembler(messageLimit: 100)
    #expect(throws: WebSocketViolation.self) {
      _ = try assembler.receive(frame(.text, "a", fin: false))
      _ = try assembler.receive(frame(.text, "b"))
    }
  }

  @Test(
    "A close frame says a code that may be said, and why in UTF-8",
    arguments: [
      ([], nil, nil), ([0x03, 0xE8], 1000, nil), ([0x0F, 0xA0, 0x61], 4000, nil),
      ([0x03], nil, .protocolError), ([0x03, 0xED], nil, .protocolError),
      ([0x03, 0xEE], nil, .protocolError), ([0x03, 0xEC], nil, .protocolError),
      ([0x07, 0xD0], nil, .protocolError), ([0, 0], nil, .protocolError),
      ([0x13, 0x88], nil, .protocolError), ([0x03, 0xE8, 0xFF], nil, .invalidData),
    ] as [([UInt8], UInt16?, WebSocketCloseCode?)])
  func close(payload: [UInt8], code: UInt16?, violation: WebSocketCloseCode?) throws {
    var assembler = WebSocketAssembler(messageLimit: 100)
    if let violation {
      let error = #expect(throws: WebSocketViolation.self) {
        try assembler.receive(frame(.connectionClose, payload))
      }
      #expect(error?.code == violation)
    } else {
      let event = try assembler.receive(frame(.connectionClose, payload))
      #expect(event == .close(code.map(WebSocketCloseCode.init(rawValue:))))
    }
  }

  @Test("UTF-8 in pieces is judged as the standard library judges it whole")
  func utf8() {
    var generator = SeededGenerator(seed: 7)
    // Bytes from the edges of the encoding's table.
    let interesting: [UInt8] = [
      0x00, 0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
      0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    var valid = 0
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
        interesting.randomElement(using: &generator) ?? 0
      }
      let cut = Int.random(in: 0...bytes.count, using: &generator)
      var stream = UTF8Stream()
      let accepted = stream.accept(bytes[..<cut]) && stream.accept(bytes[cut...])
      let expected = String(validating: bytes, as: UTF8.self) != nil
      #expect((accepted && stream.isComplete) == expected, "\(bytes)")
      if expected { valid += 1 }
    }
    #expect(valid > 500)
  }

  private func frame(
    _ opcode: WebSocketOpcode, _ text: String, fin: Bool = true
  ) -> WebSocketFrame {
    frame(opcode, Array(text.utf8), fin: fin)
  }

  private func frame(
    _ opcode: WebSocketOpcode, _ bytes: [UInt8], fin: Bool = true
  ) -> WebSocketFrame {
    let key: WebSocketMaskingKey = [9, 8, 7, 6]
    var data = ByteBuffer(bytes: bytes)
    data.webSocketMask(key)
    return WebSocketFrame(fin: fin, opcode: opcode, maskKey: key, data: data)
  }
}
