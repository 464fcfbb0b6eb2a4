import Protobuf
import Testing

@Suite struct DurationTests {
  @Test(arguments: [
    ("0s", 0, 0, "0s"), ("1s", 1, 0, "1s"), ("1.5s", 1, 500_000_000, "1.500s"),
    ("-1.5s", -1, -500_000_000, "-1.500s"), ("-0.5s", 0, -500_000_000, "-0.500s"),
    ("0.000000001s", 0, 1, "0.000000001s"), ("3.000001s", 3, 1_000, "3.000001s"),
    ("315576000000.000000000s", 315_576_000_000, 0, "315576000000s"),
    ("-315576000000s", -315_576_000_000, 0, "-315576000000s"),
  ])
  func `reads and prints seconds`(
    text: String, seconds: Int64, nanos: Int32, printed: String
  ) throws {
    let duration = Google.Duration(seconds: seconds, nanos: nanos)
    #expect(try Google.Duration(json: "\"\(text)\"") == duration)
    #expect(duration.jsonString() == "\"\(printed)\"")
    #expect(try Google.Duration(serialized: duration.serialized()) == duration)
    #expect(Google.Duration(duration.duration) == duration)
  }

  @Test(arguments: [
    "", "s", "1", "1.s", ".5s", "1.0000000001s", "1s ", "+1s", "--1s", "1e3s", "315576000001s",
    "-315576000001s", "99999999999999999999s", "1.5", "1ms",
  ])
  func `refuses what is no duration`(text: String) {
    #expect(jsonError(Google.Duration.self, "\"\(text)\"")?.rule == .invalidDuration)
  }

  @Test func `what is out of range or of two signs prints null`() {
    for duration in [
      Google.Duration(seconds: 315_576_000_001), Google.Duration(seconds: 1, nanos: -1),
      Google.Duration(seconds: -1, nanos: 1), Google.Duration(seconds: 0, nanos: 1_000_000_000),
      Google.Duration(seconds: .min, nanos: .min),
    ] {
      #expect(duration.jsonString() == "null")
      #expect(!duration.isValid)
    }
  }
}
