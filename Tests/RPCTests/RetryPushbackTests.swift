import RPC
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
    (.after(.seconds(1e9)), "2147483647"),
  ])
  func headerIsWrittenRoundedUp(pushback: RetryPushback, header: String) {
    #expect(pushback.header == header)
  }
}
