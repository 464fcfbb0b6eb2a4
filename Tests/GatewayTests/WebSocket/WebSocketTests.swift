import Core
import MarketDataContract
import Protobuf
import RPC
import RPCInProcess
import TestSupport
import Testing
import TradingContract

@testable import Gateway

@Suite("WebSockets over a live gateway")
struct WebSocketTests {
  static let subscribe =
    #"{"type":"subscribe","id":"1","channel":"quotes","params":{"symbols":["AAPL"]}}"#

  @Test("A subscription begins with a snapshot; updates follow with their sequence")
  func quotes() async throws {
    try await LiveGateway.run { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(Self.subscribe)
      #expect(try await socket.message() == #"{"type":"subscribed","id":"1","channel":"quotes"}"#)
      let snapshot = try await socket.message()
      #expect(
        snapshot.hasPrefix(
          #"{"type":"snapshot","id":"1","channel":"quotes","sequence":"1","data":{"quotes":[{"#))
      #expect(snapshot.contains(#""symbol":"AAPL""#))
      try await eventually { live.service.quotes.listenerCount == 1 }
      live.service.quotes.send(Self.quote("AAPL", 2))
      let update = try await socket.message()
      #expect(
        update.hasPrefix(
          #"{"type":"update","id":"1","channel":"quotes","sequence":"2","data":{"symbol":"AAPL""#))
      try await socket.send(#"{"type":"unsubscribe","id":"1"}"#)
      #expect(
        try await socket.message() == #"{"type":"unsubscribed","id":"1","channel":"quotes"}"#)
      try await eventually { live.service.quotes.listenerCount == 0 }
      // The id is free again.
      try await socket.send(Self.subscribe)
      #expect(try await socket.message().contains("subscribed"))
    }
  }

  @Test("A user's channel needs a user: by message or by header")
  func authentication() async throws {
    try await LiveGateway.run { live in
      let orders = #"{"type":"subscribe","id":"o","channel":"orders"}"#
      let byMessage = try await TestWebSocket.open(live, headers: ["X-Correlation-Id: ws-1"])
      try await byMessage.send(orders)
      let refused = try await byMessage.message()
      #expect(refused.contains(#""type":"error","id":"o","channel":"orders""#))
      #expect(refused.contains(#""status":401"#))
      #expect(refused.contains(#""correlationId":"ws-1""#))
      try await byMessage.send(#"{"type":"authenticate","token":"forged"}"#)
      #expect(try await byMessage.message().contains(#""code":"UNAUTHENTICATED""#))
      try await byMessage.send(#"{"type":"authenticate","token":"trader"}"#)
      #expect(
        try await byMessage.message()
          == #"{"type":"authenticated","userId":"trader","expiresAt":"2096-10-02T07:06:40Z"}"#)
      try await byMessage.send(orders)
      #expect(try await byMessage.message().contains("subscribed"))
      #expect(try await byMessage.message().contains(#""type":"snapshot""#))
      let context = try #require(live.service.calls.contexts.last)
      #expect(context.user?.id == "trader")
      #expect(context.correlationID == "ws-1")
      try await byMessage.send(#"{"type":"authenticate","token":"other"}"#)
      #expect(try await byMessage.message().contains(#""reason":"OTHER_USER""#))

      let byHeader = try await TestWebSocket.open(live, headers: ["Authorization: Bearer trader"])
      #expect(try await byHeader.message().contains("authenticated"))
      try await byHeader.send(orders)
      #expect(try await byHeader.message().contains("subscribed"))
    }
  }

  @Test(
    "A wrong request gets a precise error and costs nothing else",
    arguments: [
      ("nonsense", "MALFORMED_MESSAGE", "JSON"),
      (#"{"type":"subscribe","id":"1"}"#, "MISSING_FIELD", "channel"),
      (#"{"type":"subscribe","id":"1","channel":"nope"}"#, "UNKNOWN_CHANNEL", "orders, quotes"),
      (
        #"{"type":"subscribe","id":"1","channel":"quotes","params":{"symbol":"A"}}"#,
        "INVALID_PARAMETERS", "params.symbol"
      ),
      (
        #"{"type":"subscribe","id":"1","channel":"quotes","params":{"symbols":[1]}}"#,
        "INVALID_PARAMETERS", "params.symbols[0]"
      ),
      (
        #"{"type":"subscribe","id":"1","channel":"quotes"}"#, "INVALID_REQUEST",
        #""field":"symbols""#
      ),
      (
        #"{"type":"subscribe","id":"1","channel":"quotes","params":{"symbols":["NOPE"]}}"#,
        "UNKNOWN_SYMBOL", "NOPE"
      ),
      (#"{"type":"unsubscribe","id":"9"}"#, "UNKNOWN_SUBSCRIPTION", "9"),
    ])
  func wrongRequests(message: String, reason: String, words: String) async throws {
    try await LiveGateway.run { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(message)
      let error = try await socket.message()
      #expect(error.hasPrefix(#"{"type":"error","#))
      #expect(error.contains(#""reason":"\#(reason)""#), "\(error)")
      #expect(error.contains(words), "\(error)")
      #expect(!error.contains("subscribed"))
      try await socket.send(Self.subscribe)
      #expect(try await socket.message().contains("subscribed"))
    }
  }

  @Test("An id is taken once, and a socket has a limit of subscriptions")
  func limits() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.subscriptions = 2
    try await LiveGateway.run(configuration) { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(Self.subscribe)
      #expect(try await socket.message().contains("subscribed"))
      #expect(try await socket.message().contains("snapshot"))
      try await socket.send(Self.subscribe)
      #expect(try await socket.message().contains(#""reason":"SUBSCRIPTION_EXISTS""#))
      for id in ["2", "3"] {
        try await socket.send(
          #"{"type":"subscribe","id":"\#(id)","channel":"quotes","params":{"symbols":["B"]}}"#)
      }
      var rest = ""
      for _ in 0..<3 { rest += try await socket.message() }
      #expect(rest.contains(#""id":"3","channel":"quotes","problem""#))
      #expect(rest.contains("TOO_MANY_SUBSCRIPTIONS"))
    }
  }

  @Test("A stream that breaks is said to be interrupted and begins again with a snapshot")
  func resubscribes() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.minimumBackoff = .milliseconds(20)
    try await LiveGateway.run(configuration) { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(Self.subscribe)
      _ = try await socket.message()
      _ = try await socket.message()
      for round in 1...3 {
        try await eventually { live.service.quotes.listenerCount == 1 }
        live.service.quotes.fail(RPCError(.unavailable, "gone"))
        let interrupted = try await socket.message()
        #expect(interrupted.hasPrefix(#"{"type":"interrupted","id":"1","channel":"quotes""#))
        #expect(interrupted.contains("UNAVAILABLE"))
        #expect(try await socket.message().contains(#""type":"snapshot""#), "round \(round)")
      }
      try await eventually { live.service.quotes.listenerCount == 1 }
      live.service.quotes.fail(RPCError(.permissionDenied, "no more"))
      let end = try await socket.message()
      #expect(end.contains(#""type":"error","id":"1""#))
      #expect(end.contains("PERMISSION_DENIED"))
    }
  }

  @Test("The token's end is the end of the user's channels, not of the others")
  func expiry() async throws {
    // The clock stands: the second token ends a second after it was accepted, however long that took.
    let clock = ManualClock(Instant(microseconds: 1_000_000_000))
    try await LiveGateway.run(clock: clock) { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(#"{"type":"authenticate","token":"trader"}"#)
      _ = try await socket.message()
      try await socket.send(#"{"type":"subscribe","id":"o","channel":"orders"}"#)
      _ = try await socket.message()
      _ = try await socket.message()
      try await socket.send(Self.subscribe)
      _ = try await socket.message()
      _ = try await socket.message()
      try await eventually {
        live.service.orders.listenerCount == 1 && live.service.quotes.listenerCount == 1
      }
      try await socket.send(#"{"type":"authenticate","token":"trader~1001"}"#)
      #expect(try await socket.message().contains(#""expiresAt":"1970-01-01T00:16:41Z""#))
      let end = try await socket.message()
      #expect(end.contains(#""type":"error","id":"o","channel":"orders""#))
      #expect(end.contains(#""reason":"TOKEN_EXPIRED""#))
      try await eventually {
        live.service.orders.listenerCount == 0 && live.service.quotes.listenerCount == 1
      }
      live.service.quotes.send(Self.quote("AAPL", 2))
      #expect(try await socket.message().contains(#""type":"update""#))
    }
  }

  @Test("A slow reader of quotes gets the latest of each symbol, within bounds")
  func slowReaderConflates() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.socketBytes = 16 * 1024
    configuration.limits.webSocket.queuedBytes = 32 * 1024
    try await LiveGateway.run(configuration) { live in
      let socket = try await TestWebSocket.open(live, receiveBuffer: 4096)
      try await socket.send(Self.subscribe)
      _ = try await socket.message()
      _ = try await socket.message()
      try await eventually { live.service.quotes.listenerCount == 1 }
      try await socket.connection.setReading(false)
      let count: Int64 = 10_000
      let symbols = (0..<20).map { "S\($0)" }
      for sequence in 2...count {
        live.service.quotes.send(Self.quote(symbols[Int(sequence) % 20], sequence))
      }
      // As long as it goes on: how fast ten thousand go is the machine's matter.
      var forwarded = 0
      while forwarded < Int(count) - 1 {
        try await eventually { live.service.quotes.forwardedCount > forwarded }
        forwarded = live.service.quotes.forwardedCount
      }
      try await socket.connection.setReading(true)
      var received = 0
      var last: Int64 = 1
      var latest: [String: Int64] = [:]
      while last < count {
        let message = try await socket.message()
        let sequence = try #require(Self.member("sequence", of: message).flatMap { Int64($0) })
        // The sequence grows, with gaps where updates were replaced.
        #expect(sequence > last)
        last = sequence
        latest[try #require(Self.member("symbol", of: message))] = sequence
        received += 1
      }
      #expect(received < Int(count) / 4)
      for (index, symbol) in symbols.enumerated() {
        let expected = (2...count).last { Int($0) % 20 == index }
        #expect(latest[symbol] == expected)
      }
    }
  }

  @Test("A slow reader of orders is closed, for none may be lost")
  func slowReaderDisconnects() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.socketBytes = 16 * 1024
    configuration.limits.webSocket.queuedBytes = 32 * 1024
    try await LiveGateway.run(configuration) { live in
      let socket = try await TestWebSocket.open(
        live, headers: ["Authorization: Bearer trader"], receiveBuffer: 4096)
      try await socket.send(#"{"type":"subscribe","id":"o","channel":"orders"}"#)
      for _ in 0..<3 { _ = try await socket.message() }
      try await eventually { live.service.orders.listenerCount == 1 }
      try await socket.connection.setReading(false)
      for sequence in 1...30_000 as ClosedRange<Int64> {
        live.service.orders.send(
          .with {
            $0.sequence = sequence
            $0.change = .order(.with { $0.orderID = "order-\(sequence)" })
          })
        if live.service.orders.listenerCount == 0 { break }
        if sequence % 100 == 0 { try await Task.sleep(for: .milliseconds(2)) }
      }
      try await eventually { live.service.orders.listenerCount == 0 }
      try await socket.connection.setReading(true)
      let close = try await socket.close()
      #expect(close.closeCode == 4008)
      #expect(close.closeReason.contains("too slow"))
      #expect(live.log.lines.contains { $0.message == "slow consumer closed" })
    }
  }

  @Test("A reader that takes nothing at all is closed in time, conflation or not")
  func stalledReader() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.socketBytes = 16 * 1024
    configuration.limits.webSocket.stallTimeout = .milliseconds(300)
    configuration.limits.webSocket.closeTimeout = .milliseconds(300)
    try await LiveGateway.run(configuration) { live in
      let socket = try await TestWebSocket.open(live, receiveBuffer: 4096)
      try await socket.send(Self.subscribe)
      _ = try await socket.message()
      _ = try await socket.message()
      try await eventually { live.service.quotes.listenerCount == 1 }
      try await socket.connection.setReading(false)
      var sequence: Int64 = 1
      try await eventually {
        for _ in 0..<200 {
          sequence += 1
          live.service.quotes.send(Self.quote("AAPL", sequence))
        }
        return live.service.quotes.listenerCount == 0
      }
      #expect(live.log.lines.contains { $0.message == "slow consumer closed" })
    }
  }

  /// Frames that no client may send, and the code that closes the socket.
  struct Violation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: UInt16
    let bytes: [UInt8]

    init(_ description: String, _ code: UInt16, _ bytes: [UInt8]) {
      testDescription = description
      self.code = code
      self.bytes = bytes
    }
  }

  @Test(
    "Frames that break the protocol close the socket with their code",
    arguments: [
      Violation("no mask", 1002, TestWebSocket.frame(1, [0x61], isMasked: false)),
      Violation("a reserved bit", 1002, TestWebSocket.frame(1, [0x61], reserved: 4)),
      Violation("an unknown opcode", 1002, TestWebSocket.frame(3, [])),
      Violation("a continuation of nothing", 1002, TestWebSocket.frame(0, [0x61])),
      Violation("a ping in pieces", 1002, TestWebSocket.frame(9, [], isLast: false)),
      Violation("a long ping", 1002, TestWebSocket.frame(9, [UInt8](repeating: 0, count: 126))),
      Violation("a reserved close code", 1002, TestWebSocket.frame(8, [0x03, 0xED])),
      Violation("text that is not UTF-8", 1007, TestWebSocket.frame(1, [0xFF])),
      Violation("binary", 1003, TestWebSocket.frame(2, [0x61])),
      Violation(
        "a large frame", 1009, TestWebSocket.frame(1, [UInt8](repeating: 0x20, count: 70_000))),
      Violation("a message without end", 1009, fragments(40)),
      Violation(
        "a flood of pings", 1008,
        Array(repeatElement(TestWebSocket.frame(9, []), count: 400).joined())
      ),
    ])
  func violations(violation: Violation) async throws {
    var configuration = GatewayConfiguration.patient
    // After some of them the client's own close cannot be read any more.
    configuration.limits.webSocket.closeTimeout = .seconds(1)
    try await LiveGateway.run(configuration) { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.connection.send(violation.bytes)
      let close = try await socket.close()
      #expect(close.closeCode == violation.code)
      #expect(!close.closeReason.isEmpty)
      // Closed by the gateway already if this comes late.
      try? await socket.send(.close, [0x03, 0xE8])
      _ = try await socket.connection.receiveToEnd()
    }
  }

  @Test("A close is answered with its code and ends the streams; pings are answered")
  func close() async throws {
    try await LiveGateway.run { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(.ping, [1, 2, 3])
      let pong = try await socket.frame()
      #expect(pong == TestWebSocket.Frame(opcode: 10, isLast: true, payload: [1, 2, 3]))
      try await socket.send(#"{"type":"ping"}"#)
      #expect(try await socket.message() == #"{"type":"pong"}"#)
      try await socket.send(Self.subscribe)
      _ = try await socket.message()
      try await eventually { live.service.quotes.listenerCount == 1 }
      try await socket.send(.close, [0x0F, 0xA1])
      #expect(try await socket.close().closeCode == 4001)
      _ = try await socket.connection.receiveToEnd()
      try await eventually { live.service.quotes.listenerCount == 0 && live.server.callCount == 0 }
    }
  }

  @Test("A client that vanishes ends its streams")
  func vanishes() async throws {
    try await LiveGateway.run { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(Self.subscribe)
      _ = try await socket.message()
      try await eventually { live.service.quotes.listenerCount == 1 }
      await socket.connection.close()
      try await eventually { live.service.quotes.listenerCount == 0 && live.server.callCount == 0 }
    }
  }

  @Test("The server shows signs of life and closes a client that shows none")
  func liveness() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.heartbeatInterval = .milliseconds(200)
    try await LiveGateway.run(configuration) { live in
      let socket = try await TestWebSocket.open(live)
      let first = try await socket.frame()
      #expect(first.opcode == TestWebSocket.Opcode.ping.rawValue)
      let second = try await socket.frame()
      #expect(second.text.hasPrefix(#"{"type":"heartbeat","time":""#))
      let close = try await socket.close()
      #expect(close.closeCode == 4009)
    }
  }

  @Test("A drain closes with 1001")
  func drain() async throws {
    try await LiveGateway.run { live in
      let socket = try await TestWebSocket.open(live)
      async let drained: Void = live.gateway.drain()
      let close = try await socket.close()
      #expect(close.closeCode == 1001)
      try await socket.send(.close, [0x03, 0xE9])
      await drained
    }
  }

  @Test(
    "An upgrade that is none is refused before it is one",
    arguments: [
      (["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"], 400),
      (["Connection: Upgrade", "Sec-WebSocket-Version: 13"], 426),
      (["Upgrade: websocket", "Sec-WebSocket-Version: 13"], 426),
      (
        [
          "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 8",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ], 426
      ),
      (
        [
          "Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: https://evil.example",
        ], 403
      ),
      (
        [
          "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Authorization: Bearer forged",
        ], 401
      ),
    ])
  func refusedUpgrades(headers: [String], status: Int) async throws {
    try await LiveGateway.run { live in
      let connection = try await RawConnection.open(live)
      let lines = ["GET /ws/v1 HTTP/1.1", "Host: localhost"] + headers
      try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
      let text = try await connection.response()
      #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
      #expect(text.contains("application/problem+json"))
    }
  }

  @Test("Pages of the gateway's own origin and of allowed ones may open a socket")
  func origins() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.allowedOrigins = ["https://app.example"]
    try await LiveGateway.run(configuration) { live in
      for origin in ["https://localhost", "https://app.example"] {
        _ = try await TestWebSocket.open(live, headers: ["Origin: \(origin)"])
      }
    }
  }

  /// The start of a message that never ends.
  private static func fragments(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { index in
      TestWebSocket.frame(
        index == 0 ? 1 : 0, [UInt8](repeating: 0x20, count: 2000), isLast: false)
    }
  }

  static func quote(_ symbol: String, _ sequence: Int64) -> MarketDataV1.QuoteUpdate {
    .with {
      $0.sequence = sequence
      $0.change = .quote(.with { $0.symbol = symbol })
    }
  }

  /// The text of a string member of a flat search.
  private static func member(_ name: String, of message: String) -> String? {
    message.firstRange(of: "\"\(name)\":\"").map { range in
      String(message[range.upperBound...].prefix { $0 != "\"" })
    }
  }
}
