import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite("What Redis says")
struct RESPTests {
  static let replies: [(String, RESPValue)] = [
    ("+PONG\r\n", .text("PONG")), ("+\r\n", .text("")), ("-ERR no\r\n", .error("ERR no")),
    (":0\r\n", .integer(0)), (":-12\r\n", .integer(-12)),
    (":1764162000123456\r\n", .integer(1_764_162_000_123_456)),
    ("$0\r\n\r\n", .bulk([])), ("$5\r\na\r\nbc\r\n", .bulk(Array("a\r\nbc".utf8))),
    ("$-1\r\n", .bulk(nil)), ("*-1\r\n", .list(nil)), ("*0\r\n", .list([])),
    (
      "*3\r\n:1\r\n$1\r\nx\r\n*1\r\n+y\r\n",
      .list([.integer(1), .bulk([120]), .list([.text("y")])])
    ),
  ]

  @Test("Replies are read, wherever they are cut")
  func cut() throws {
    for (text, value) in Self.replies {
      let bytes = Array(text.utf8)
      for end in 0..<bytes.count {
        var buffer = ByteBuffer(bytes: bytes[..<end])
        #expect(try RESP.reply(&buffer) == nil, "\(text) cut at \(end)")
        #expect(buffer.readableBytes == end)
      }
      var buffer = ByteBuffer(bytes: bytes + Array("+next\r\n".utf8))
      #expect(try RESP.reply(&buffer) == value)
      #expect(try RESP.reply(&buffer) == .text("next"))
      #expect(buffer.readableBytes == 0)
    }
  }

  @Test(
    "What is none is refused",
    arguments: [
      "HTTP/1.1 200 OK\r\n", "\r\n", "\n", "+no carriage return\n", ":1x\r\n", ":\r\n",
      ":99999999999999999999\r\n", "$-2\r\n", "$x\r\n", "$3\r\nabcd\r\n", "$99999999\r\n",
      "*99999\r\n",
      "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "+" + String(repeating: "x", count: 5000),
    ])
  func malformed(text: String) {
    var buffer = ByteBuffer(string: text)
    #expect(throws: RESPError.self) { try RESP.reply(&buffer) }
  }

  @Test("No bytes stop the reader", arguments: 0..<20)
  func garbage(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("+-:$*0123459\r\nab".utf8)
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      var buffer = ByteBuffer(bytes: bytes)
      while let reply = try? RESP.reply(&buffer), buffer.readableBytes > 0 { _ = reply }
    }
  }

  @Test("A command is a list of bulk strings")
  func commands() {
    #expect(
      String(decoding: RESP.command(["SET", "ä", ""]), as: UTF8.self)
        == "*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$0\r\n\r\n")
  }

  @Test(
    "An address says where, and no secret",
    arguments: [
      ("redis://localhost", "redis://localhost:6379/0"),
      ("redis://10.0.0.1:7000/3", "redis://10.0.0.1:7000/3"),
      ("rediss://r.example.com/", "rediss://r.example.com:6379/0"),
      ("redis://[::1]:7000", "redis://::1:7000/0"), ("http://localhost", nil), ("redis://", nil),
      ("redis://user:secret@localhost", nil), ("redis://localhost:0", nil),
      ("redis://localhost:70000", nil), ("redis://localhost:x", nil), ("redis://a/b", nil),
      ("redis://a/-1", nil), ("redis://a:1:2", nil),
    ])
  func addresses(text: String, description: String?) {
    #expect(RedisAddress(text)?.description == description)
  }
}
