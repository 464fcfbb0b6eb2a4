import Testing

@testable import Observability

/// The vectors of W3C's test suite for trace context (`test/test.py`, level 2 and strict).
@Suite struct TraceStateTests {
  private static let letters = "abcdefghijklmnopqrstuvwxyz0123456789_-*/"
  private static let values = String(
    String.UnicodeScalarView(
      (0x20...0x7e).compactMap { UnicodeScalar(UInt8($0)) }.filter { $0 != "," && $0 != "=" }))

  @Test(arguments: [
    (["foo=1,bar=2"], "foo=1,bar=2"),
    (["foo=1"], "foo=1"),
    ([""], ""),
    (["foo=1", ""], "foo=1"),
    (["", "foo=1"], "foo=1"),
    (["foo=1,bar=2", "rojo=1,congo=2", "baz=3"], "foo=1,bar=2,rojo=1,congo=2,baz=3"),
    (["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
    (["foo=1\t \t,\t \tbar=2,\t \tbaz=3"], "foo=1,bar=2,baz=3"),
    ([" foo=1"], "foo=1"), (["\tfoo=1"], "foo=1"), (["foo=1 "], "foo=1"), (["foo=1\t"], "foo=1"),
    (["\t foo=1 \t"], "foo=1"),
    (["foo=1,,,bar=2,"], "foo=1,bar=2"),
    (["1special=x,special@=y,special@@vendor=z"], "1special=x,special@=y,special@@vendor=z"),
    (["\(letters)=\(values)"], "\(letters)=\(values)"),
    (["\(letters)@a-z0-9_-*/=\(values)"], "\(letters)@a-z0-9_-*/=\(values)"),
  ])
  func whatFollowsTheRulesIsPassedOn(headers: [String], text: String) {
    #expect(TraceState(headers).text == text)
    #expect(TraceState([text]) == TraceState(headers))
  }

  @Test(arguments: [
    ["foobarbaz"], ["foo =1"], ["FOO=1"], ["foo.bar=1"], ["@foo=1,bar=2"], ["=1"],
    ["foo=1,foo=1"], ["foo=1,foo=2"], ["foo=1", "foo=1"], ["foo=1", "foo=2"],
    ["foo=bar=baz"], ["foo=,bar=3"], ["foo=é"], ["foo=\u{7f}"], ["foo=a\tb"],
    [String(repeating: "z", count: 257) + "=1"],
    ["foo=" + String(repeating: "v", count: 257)],
    [(1...33).map { "bar\($0)=1" }.joined(separator: ",")],
    [
      (1...20).map { "a\($0)=1" }.joined(separator: ","),
      (1...13).map { "b\($0)=1" }.joined(separator: ","),
    ],
  ])
  func whatBreaksARuleIsDiscardedWhole(headers: [String]) {
    #expect(TraceState(headers).isEmpty)
  }

  @Test func limitsAreMetExactly() {
    let many = (1...32).map { "bar\($0)=1" }.joined(separator: ",")
    #expect(TraceState([many]).text == many)
    let key = String(repeating: "z", count: 256)
    #expect(TraceState([key + "=1"]).text == key + "=1")
    let value = "foo=" + String(repeating: "v", count: 256)
    #expect(TraceState([value]).text == value)
  }

  /// Section 3.3.1.5: entries of more than 128 characters go first, and then those at the end.
  @Test func whatIsTooLongIsCutByEntries() {
    let long = "long=" + String(repeating: "x", count: 200)
    let short = (0..<10).map { "s\($0)=" + String(repeating: "y", count: 40) }
    // 205 + 10 × 43 + 10 commas = 645.
    let kept = TraceState([([long] + short).joined(separator: ",")])
    #expect(kept.text == short.joined(separator: ","))
    let all = (0..<20).map { "k\(100 + $0)=" + String(repeating: "y", count: 40) }
    // Eleven of 45 characters and ten commas are 505.
    #expect(TraceState([all.joined(separator: ",")]).text == all.prefix(11).joined(separator: ","))
    #expect(TraceState.maximumLength == 512)
  }

  @Test func aTraceparentThatIsNoneTakesItsStateAlong() {
    #expect(SpanContext(traceparent: "00-1", tracestate: ["foo=1"]) == nil)
    let context = SpanContext(
      traceparent: "00-12345678901234567890123456789012-1234567890123456-00",
      tracestate: ["foo=1,foo=2"])
    #expect(context?.state == .empty)
  }
}
