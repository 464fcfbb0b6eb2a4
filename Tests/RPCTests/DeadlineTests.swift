import RPC
import TestSupport
import Testing

@Suite struct DeadlineTests {
  @Test(arguments: [
    (Duration.zero, "0n"),
    (.nanoseconds(1), "1n"),
    (.milliseconds(1), "1000000n"),
    (.milliseconds(200), "200000u"),
    (.seconds(1), "1000000u"),
    (.seconds(100), "100000m"),
    (.seconds(100_000), "100000S"),
    (.seconds(-5), "0n"),
  ])
  func encodes(timeout: Duration, header: String) {
    #expect(Deadline.encode(timeout) == header)
  }

  @Test(arguments: [
    ("1H", Duration.seconds(3600)), ("2M", .seconds(120)), ("3S", .seconds(3)),
    ("4m", .milliseconds(4)), ("5u", .microseconds(5)), ("6n", .nanoseconds(6)),
    ("00000001S", .seconds(1)), ("0S", .zero),
    // Longer than anything lives: kept within what a clock can add.
    ("99999999H", .seconds(365 * 24 * 3600)),
  ])
  func decodes(header: String, timeout: Duration) {
    #expect(Deadline.decode(Array(header.utf8)) == timeout)
  }

  @Test(arguments: ["", "S", "1", "1s", "-1S", "+1S", "1.5S", "123456789S", " 1S", "1S ", "１S"])
  func refuses(header: String) {
    #expect(Deadline.decode(Array(header.utf8)) == nil)
  }

  @Test("a server is never told less time than the client waits, and hardly more")
  func roundsUp() throws {
    var random = SeededGenerator(seed: 0x7469_6d65)
    for _ in 0..<1_000 {
      let magnitude = Int64(1) << Int64.random(in: 0..<54, using: &random)
      let timeout = Duration.nanoseconds(Int64.random(in: 0...magnitude, using: &random))
      let header = Deadline.encode(timeout)
      #expect(header.utf8.count <= 9)
      let decoded = try #require(Deadline.decode(Array(header.utf8)))
      #expect(decoded >= timeout)
      // Eight digits of a unit a thousand times as large as the next: at least five of them count.
      #expect(decoded <= timeout + timeout / 100_000 + .nanoseconds(1))
    }
  }
}
