import Core
import Protobuf
import Testing

@Suite struct TimestampTests {
  private func json(_ text: String) throws -> Google.Timestamp? {
    try Google.Timestamp(json: "\"\(text)\"")
  }

  // The first five are the examples of RFC 3339 section 5.8, without its leap second.
  @Test(arguments: [
    ("1985-04-12T23:20:50.52Z", 482_196_050, 520_000_000, "1985-04-12T23:20:50.520Z"),
    ("1996-12-19T16:39:57-08:00", 851_042_397, 0, "1996-12-20T00:39:57Z"),
    ("1990-12-31T23:59:59Z", 662_687_999, 0, "1990-12-31T23:59:59Z"),
    ("1990-12-31T15:59:59-08:00", 662_687_999, 0, "1990-12-31T23:59:59Z"),
    ("1937-01-01T12:00:27.87+00:20", -1_041_337_173, 870_000_000, "1937-01-01T11:40:27.870Z"),
    ("1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z"),
    ("1970-01-01T00:00:00.000000001Z", 0, 1, "1970-01-01T00:00:00.000000001Z"),
    ("1970-01-01T00:00:00.000001Z", 0, 1_000, "1970-01-01T00:00:00.000001Z"),
    ("1969-12-31T23:59:59.9Z", -1, 900_000_000, "1969-12-31T23:59:59.900Z"),
    ("0001-01-01T00:00:00Z", -62_135_596_800, 0, "0001-01-01T00:00:00Z"),
    (
      "9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999,
      "9999-12-31T23:59:59.999999999Z"
    ),
    ("0001-01-01T00:00:00.5-00:00", -62_135_596_800, 500_000_000, "0001-01-01T00:00:00.500Z"),
    ("2024-02-29T12:00:00+23:59", 1_709_121_660, 0, "2024-02-28T12:01:00Z"),
  ])
  func `reads and prints RFC 3339`(
    text: String, seconds: Int64, nanos: Int32, printed: String
  ) throws {
    let time = Google.Timestamp(seconds: seconds, nanos: nanos)
    #expect(try json(text) == time)
    #expect(time.jsonString() == "\"\(printed)\"")
    #expect(time.description == printed)
    #expect(try Google.Timestamp(serialized: time.serialized()) == time)
  }

  @Test(arguments: [
    "", "2024", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2024-01-01t00:00:00Z",
    "2024-01-01T00:00:00z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567890Z",
    "2024-01-01T00:00:00+1:00", "2024-01-01T00:00:00+0100", "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00+01:60", "2024-1-01T00:00:00Z", "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z",
    "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-00T00:00:00Z",
    "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    "10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z", "2024-01-01T00:00:00ZZ",
    " 2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00,5Z", "２024-01-01T00:00:00Z",
  ])
  func `refuses what is no such time`(text: String) {
    #expect(jsonError(Google.Timestamp.self, "\"\(text)\"")?.rule == .invalidTimestamp)
  }

  @Test func `what has no RFC 3339 form prints null`() {
    for time in [
      Google.Timestamp(seconds: 253_402_300_800), Google.Timestamp(seconds: -62_135_596_801),
      Google.Timestamp(seconds: 0, nanos: 1_000_000_000), Google.Timestamp(seconds: 0, nanos: -1),
      Google.Timestamp(seconds: .max, nanos: .max), Google.Timestamp(seconds: .min, nanos: .min),
    ] {
      #expect(time.jsonString() == "null")
      #expect(!time.isValid && time.instant == nil)
      #expect((try? Google.Timestamp(serialized: time.serialized())) == time)
    }
  }

  @Test func `is an instant to a microsecond`() {
    let time = Google.Timestamp(seconds: -1, nanos: 999_999_999)
    #expect(time.instant == Instant(microseconds: -1))
    #expect(
      Google.Timestamp(Instant(microseconds: -1))
        == Google.Timestamp(seconds: -1, nanos: 999_999_000))
    #expect(
      Google.Timestamp(Instant(microseconds: 1_500_000)).description == "1970-01-01T00:00:01.500Z")
  }
}
