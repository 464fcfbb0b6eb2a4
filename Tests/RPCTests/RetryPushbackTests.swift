import RPC
import TestSupport
import Testing

@Suite struct RetryPushbackTests {
  @Test(arguments: [
    ("0", RetryPushback.after(.zero)), ("1", .after(.milliseconds(1))),
    ("2147483647", .after(.milliseconds(2_147_483_647))),
    ("-1", .never), ("-0", .never), ("2147483648", .never), ("", .never), ("01", .never),
    ("+1", .never), ("1.5", .never), ("1 ", .never), ("soon", .never),
  ])
  func headerIsReadAsTheProposalSays(header: String, pushback: RetryPushback) {
    #expect(RetryPushback(header: header) == pushback)
  }

  @Test(arguments: [
    (RetryPushback.never, "-1"), (.after(.zero), "0"), (.after(.seconds(-1)), "0"),
    (.after(.milliseconds(250)), "250"), (.after(.nanoseconds(1)), "1"),
    (.after(.nanoseconds(999_999)), "1"), (.after(.nanoseconds(1_000_001)), "2"),
    (.after(.milliseconds(2_147_483_647)), "2147483647"), (.after(.seconds(1e9)), "2147483647"),
    // The quotient of the two durations as binary fractions is 250025000.00000003.
    (.after(.milliseconds(250_025_000)), "250025000"),
  ])
  func headerIsWrittenRoundedUp(pushback: RetryPushback, header: String) {
    #expect(pushback.header == header)
  }

  @Test func whatIsWrittenIsReadAsTheSame() {
    var generator = SeededGenerator(seed: 250_025_000)
    for _ in 0..<10_000 {
      let pushback = RetryPushback.after(
        .milliseconds(Int32.random(in: 0...Int32.max, using: &generator)))
      #expect(RetryPushback(header: pushback.header) == pushback)
    }
  }
}
