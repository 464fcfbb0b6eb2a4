import MarketDataContract
import RPC
import TestSupport
import Testing
import Transcoding

@testable import Gateway

@Suite("How often a channel speaks")
struct WebSocketPaceTests {
  @Test("A quiet subscription gets heartbeats with the sequence of its last message")
  func heartbeats() async throws {
    try await LiveGateway.run(channels: [ExampleRoutes.quotes(heartbeat: .milliseconds(50))]) {
      live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(WebSocketTests.subscribe)
      #expect(try await socket.message().contains("subscribed"))
      #expect(try await socket.message().contains("snapshot"))
      let first = try await heartbeat(socket)
      #expect(
        first.hasPrefix(
          #"{"type":"heartbeat","id":"1","channel":"quotes","sequence":"1","time":""#))
      try await eventually { live.service.quotes.listenerCount == 1 }
      live.service.quotes.send(WebSocketTests.quote("AAPL", 7))
      #expect(try await socket.message().contains(#""type":"update""#))
      #expect(try await heartbeat(socket).contains(#""sequence":"7""#))
      try await socket.send(#"{"type":"unsubscribe","id":"1"}"#)
      #expect(try await socket.message().contains("unsubscribed"))
      // The timers end with the subscription; the socket's answer is the next thing said.
      try await socket.send(#"{"type":"ping"}"#)
      #expect(try await socket.frame().text == #"{"type":"pong"}"#)
    }
  }

  @Test("While its stream is interrupted a subscription shows no sign of life")
  func interruption() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.minimumBackoff = .milliseconds(400)
    try await LiveGateway.run(
      configuration, channels: [ExampleRoutes.quotes(heartbeat: .milliseconds(50))]
    ) { live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(WebSocketTests.subscribe)
      _ = try await heartbeat(socket)
      live.service.quotes.fail(.init(.unavailable, "gone"))
      while !(try await socket.frame().text.contains("interrupted")) {}
      // The first thing that comes again is the fresh snapshot.
      #expect(try await socket.frame().text.contains(#""type":"snapshot""#))
    }
  }

  @Test("Of a key a subscriber gets one update in an interval, the latest, in order")
  func conflation() async throws {
    let count: Int64 = 1_000
    try await LiveGateway.run(channels: [ExampleRoutes.quotes(every: .milliseconds(200))]) {
      live in
      let socket = try await TestWebSocket.open(live)
      try await socket.send(WebSocketTests.subscribe)
      #expect(try await socket.message().contains("subscribed"))
      #expect(try await socket.message().contains("snapshot"))
      try await eventually { live.service.quotes.listenerCount == 1 }
      for sequence in 2...count {
        live.service.quotes.send(
          WebSocketTests.quote(sequence % 2 == 0 ? "AAPL" : "MSFT", sequence))
      }
      var sequences: [Int64] = []
      while sequences.last != count {
        let message = try await socket.message()
        let text = try #require(message.firstRange(of: #""sequence":""#)).upperBound
        sequences.append(try #require(Int64(message[text...].prefix { $0 != "\"" })))
      }
      #expect(sequences.first == 2)
      #expect(sequences == sequences.sorted())
      #expect(sequences.contains(count - 1), "the other key's latest is there too")
      #expect(sequences.count < Int(count) / 2)
    }
  }

  private func heartbeat(_ socket: TestWebSocket) async throws -> String {
    while true {
      let text = try await socket.frame().text
      if text.contains(#""type":"heartbeat","id""#) { return text }
    }
  }
}
