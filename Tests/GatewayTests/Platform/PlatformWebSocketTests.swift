import Core
import RPC
import TestSupport
import Testing

@testable import Gateway

@Suite("The platform's WebSocket channels") struct PlatformWebSocketTests {
  private static let orders = #"{"type":"subscribe","id":"o","channel":"orders"}"#

  @Test(
    "A wrong subscription gets a precise error, reaches no service, and leaves the socket open",
    arguments: [
      (orders, 401, "TOKEN_MISSING", "channel orders needs a user"),
      (
        #"{"type":"subscribe","id":"1","channel":"order"}"#, 404, "UNKNOWN_CHANNEL",
        "orders, portfolio, positions, quotes, wallets"
      ),
      (#"{"type":"subscribe","channel":"quotes"}"#, 400, "MISSING_FIELD", #""field":"id""#),
      (
        #"{"type":"subscribe","id":"1","channel":"quotes","params":{"symbol":"AAPL"}}"#, 400,
        "INVALID_PARAMETERS", #""field":"params.symbol""#
      ),
      (
        #"{"type":"subscribe","id":"1","channel":"quotes","symbols":["AAPL"]}"#, 400,
        "MALFORMED_MESSAGE", #""field":"symbols""#
      ),
      (
        #"{"type":"subscribe","id":"1","channel":"quotes","params":{"symbols":[]}}"#, 400,
        "INVALID_REQUEST", #""field":"symbols","reason":"TOO_FEW""#
      ),
      (#"{"type":"listen","id":"1"}"#, 400, "UNKNOWN_TYPE", "listen"),
      (#"{"type":"unsubscribe","id":"9"}"#, 404, "UNKNOWN_SUBSCRIPTION", "9"),
      (#"{"type":"authenticate","token":"forged"}"#, 401, "TOKEN_INVALID", "not valid"),
      (#"{"type":"authenticate"}"#, 400, "MISSING_FIELD", #""field":"token""#),
      ("{", 400, "MALFORMED_MESSAGE", "JSON"),
    ] as [(String, Int, String, String)])
  func wrongSubscriptions(
    message: String, status: Int, reason: String, words: String
  ) async throws {
    try await LivePlatform.run { platform in
      let socket = try await TestWebSocket.open(
        platform.running, headers: ["X-Correlation-Id: ws-7"])
      try await socket.send(message)
      let error = try await socket.message()
      #expect(error.hasPrefix(#"{"type":"error","#), "\(error)")
      #expect(error.contains(#""status":\#(status),"#), "\(error)")
      #expect(error.contains(#""reason":"\#(reason)""#), "\(error)")
      #expect(error.contains(words), "\(error)")
      #expect(error.contains(#""correlationId":"ws-7""#))
      #expect(platform.recorder.methods.isEmpty)

      let token = try platform.tokens.token(for: "u1")
      try await socket.send(#"{"type":"authenticate","token":"\#(token)"}"#)
      #expect(try await socket.message().contains(#""userId":"u1""#))
      try await socket.send(Self.orders)
      #expect(try await socket.message().contains(#""type":"subscribed","id":"o""#))
      #expect(platform.recorder.methods == ["WatchOrders"])
      #expect(platform.recorder.users == ["u1"])
      #expect(platform.recorder.correlationIDs == ["ws-7"])
    }
  }
}
