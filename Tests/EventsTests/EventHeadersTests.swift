import Core
import Testing

@testable import Events

@Suite struct EventHeadersTests {
  static let headers = EventHeaders(
    eventID: EventID(rawValue: "0198c0de-0000-7000-8000-000000000001"),
    eventType: "alphintra.trading.v1.OrderEvent",
    occurredAt: Instant(microseconds: 1_763_890_201_000_042), producer: "trading", sequence: 7,
    correlationID: "c-1", traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

  @Test func fieldsRoundTrip() throws {
    #expect(try EventHeaders(fields: Self.headers.fields) == Self.headers)
    var bare = Self.headers
    bare.correlationID = nil
    bare.traceparent = nil
    bare.contentType = .protobuf
    #expect(try EventHeaders(fields: bare.fields) == bare)
    #expect(bare.fields.contains { $0 == ("content-type", "application/protobuf") })
  }

  @Test(
    arguments: [
      ("event_id", nil, "header event_id is missing"),
      ("event_id", "a b", "header event_id must be 1 to 128 visible ASCII characters, not \"a b\""),
      ("event_type", "", "header event_type is missing"),
      (
        "occurred_at", "yesterday", "header occurred_at must be an RFC 3339 time, not \"yesterday\""
      ),
      ("producer", nil, "header producer is missing"),
      ("sequence", "-1", "header sequence must be a whole number ≥ 0, not \"-1\""),
      ("sequence", "1.0", "header sequence must be a whole number ≥ 0, not \"1.0\""),
      (
        "content-type", "text/html",
        "header content-type must be one of application/json, application/protobuf, "
          + "not \"text/html\""
      ),
    ] as [(String, String?, String)])
  func aWrongFieldIsNamed(name: String, value: String?, expected: String) {
    let fields = Self.headers.fields.compactMap { field -> (name: String, value: String)? in
      guard field.name == name else { return field }
      return value.map { (name, $0) }
    }
    #expect {
      try EventHeaders(fields: fields)
    } throws: {
      "\($0)" == expected
    }
  }

  @Test func withoutAContentTypeThePayloadIsJSON() throws {
    let fields = Self.headers.fields.filter { $0.name != "content-type" }
    #expect(try EventHeaders(fields: fields).contentType == .json)
  }

  @Test func instantsAreReadAsTheyAreWritten() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<10_000 {
      // 0000-03-01 to 9999-12-31.
      let instant = Instant(
        microseconds: .random(
          in: -62_162_035_200_000_000...253_402_300_799_999_999, using: &random))
      #expect(Instant(rfc3339: instant.description) == instant)
    }
  }

  @Test(arguments: [
    "2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-04-31T00:00:00Z", "2025-01-01T24:00:00Z",
    "2025-01-01T00:00:00", "2025-01-01 00:00:00Z", "2025-01-01T00:00:00.Z",
    "2025-01-01T00:00:00.0000001Z", "2025-01-01T00:00:00Zx", "25-01-01T00:00:00Z",
  ])
  func whatIsNoTimeIsRefused(text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }
}
