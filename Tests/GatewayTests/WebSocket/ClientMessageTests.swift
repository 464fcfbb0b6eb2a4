import Testing

@testable import Gateway

@Suite("What a client says over a WebSocket")
struct ClientMessageTests {
  @Test(
    "A message is read",
    arguments: [
      (#"{"type":"authenticate","token":"t"}"#, .authenticate(token: "t")),
      (
        #" { "params" : { "symbols" : [ "A" ] } , "channel":"quotes","id":"1","type":"subscribe"}"#,
        .subscribe(
          id: "1", channel: "quotes", parameters: Array(#"{ "symbols" : [ "A" ] }"#.utf8))
      ),
      (
        #"{"type":"subscribe","id":"é","channel":"orders"}"#,
        .subscribe(id: "é", channel: "orders", parameters: [])
      ),
      (#"{"type":"unsubscribe","id":"1"}"#, .unsubscribe(id: "1")),
      (#"{"type":"ping"}"#, .ping),
    ] as [(String, ClientMessage)])
  func reads(text: String, message: ClientMessage) throws {
    #expect(try ClientMessage(Array(text.utf8)) == message)
  }

  @Test(
    "A wrong message is named by member and reason",
    arguments: [
      ("", nil, "", "MALFORMED_MESSAGE"),
      ("x", nil, "", "MALFORMED_MESSAGE"),
      ("[]", nil, "", "MALFORMED_MESSAGE"),
      (#"{"type":"ping"} {}"#, nil, "", "MALFORMED_MESSAGE"),
      (#"{"type":1}"#, nil, "type", "MALFORMED_MESSAGE"),
      (#"{"type":"subscribe","id":1}"#, nil, "id", "MALFORMED_MESSAGE"),
      (#"{"type":"subscribe","nope":1}"#, nil, "nope", "MALFORMED_MESSAGE"),
      (#"{"type":"ping","type":"ping"}"#, nil, "type", "MALFORMED_MESSAGE"),
      (#"{"type":"subscribe","params":{"a":}}"#, nil, "params.a", "MALFORMED_MESSAGE"),
      ("{}", nil, "type", "UNKNOWN_TYPE"),
      (#"{"type":"dance","id":"7"}"#, "7", "type", "UNKNOWN_TYPE"),
      (#"{"type":"subscribe","id":"7"}"#, "7", "channel", "MISSING_FIELD"),
      (#"{"type":"subscribe","channel":"quotes"}"#, nil, "id", "MISSING_FIELD"),
      (#"{"type":"unsubscribe"}"#, nil, "id", "MISSING_FIELD"),
      (#"{"type":"unsubscribe","id":"7","channel":"quotes"}"#, "7", "channel", "UNKNOWN_FIELD"),
      (#"{"type":"authenticate"}"#, nil, "token", "MISSING_FIELD"),
      (#"{"type":"authenticate","token":"t","params":{}}"#, nil, "params", "UNKNOWN_FIELD"),
    ] as [(String, String?, String, String)])
  func refuses(text: String, id: String?, field: String, reason: String) {
    let failure = #expect(throws: ClientMessage.Failure.self) {
      try ClientMessage(Array(text.utf8))
    }
    #expect(failure?.id == id)
    #expect(failure?.field == field)
    #expect(failure?.reason == reason)
  }

  @Test("An id has a limit of Unicode scalars, also where they make few letters")
  func idLimit() throws {
    let marks = String(repeating: "\u{301}", count: ClientMessage.idLimit - 1)
    for id in [String(repeating: "x", count: ClientMessage.idLimit), "e" + marks] {
      _ = try ClientMessage(Array(#"{"type":"unsubscribe","id":"\#(id)"}"#.utf8))
      for type in ["unsubscribe", "subscribe", "dance"] {
        let failure = #expect(throws: ClientMessage.Failure.self) {
          try ClientMessage(Array(#"{"type":"\#(type)","id":"\#(id)\#u{301}"}"#.utf8))
        }
        #expect(failure?.id == nil, "what is too long is not said again")
        #expect(failure?.field == "id")
        #expect(
          failure?.description == "id has at most 64 characters (Unicode scalars), got 65")
      }
    }
  }

  @Test("A refusal repeats no more than the beginning of what it refuses")
  func shortWords() {
    let long = "d" + String(repeating: "\u{301}", count: 30_000)
    let failure = #expect(throws: ClientMessage.Failure.self) {
      try ClientMessage(Array(#"{"type":"\#(long)"}"#.utf8))
    }
    #expect(failure?.reason == "UNKNOWN_TYPE")
    #expect((failure?.description.utf8.count ?? .max) < 300)
  }

  @Test("Deep and repeated members are refused, not followed")
  func deep() {
    let deep = String(repeating: "[", count: 10_000)
    #expect(throws: ClientMessage.Failure.self) {
      try ClientMessage(Array(#"{"type":"subscribe","params":\#(deep)"#.utf8))
    }
  }
}
