import Testing

@testable import Observability

/// The vectors of W3C's test suite for trace context (`test/test.py`), and of the specification's text.
@Suite struct TraceparentTests {
  private static let trace = "12345678901234567890123456789012"
  private static let parent = "1234567890123456"

  @Test(arguments: [
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-12345678901234567890123456789012-1234567890123456-02",
    "00-12345678901234567890123456789012-1234567890123456-03",
  ])
  func whatIsReadIsWrittenAgain(text: String) throws {
    let context = try #require(SpanContext(traceparent: text))
    #expect(context.traceparent == text)
    #expect(context.isWritten(text) && !context.isWritten(text + "-") && !context.isWritten(""))
    #expect(context.isSampled == (text.hasSuffix("1") || text.hasSuffix("3")))
    #expect(context.flags.contains(.random) == (text.hasSuffix("2") || text.hasSuffix("3")))
    #expect(text.hasPrefix("00-\(context.traceID)-\(context.spanID)-"))
  }

  @Test func unknownFlagsAreNotPassedOn() throws {
    let context = try #require(SpanContext(traceparent: "00-\(Self.trace)-\(Self.parent)-ff"))
    #expect(context.traceparent == "00-\(Self.trace)-\(Self.parent)-03")
    #expect(!context.isWritten("00-\(Self.trace)-\(Self.parent)-ff"))
  }

  @Test(arguments: [
    "cc-12345678901234567890123456789012-1234567890123456-01",
    "cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
    "01-12345678901234567890123456789012-1234567890123456-07",
  ])
  func aLaterVersionIsReadAsFarAsItIsKnown(text: String) throws {
    let context = try #require(SpanContext(traceparent: text))
    // Of the flags only the one that all versions share.
    #expect(context.traceparent == "00-\(Self.trace)-\(Self.parent)-01")
  }

  @Test(arguments: [
    "",
    "nonsense",
    // Version 00 has no more than its four fields.
    "00-12345678901234567890123456789012-1234567890123456-01.",
    "00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
    // A later version goes on after a dash.
    "cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like",
    "cc-12345678901234567890123456789012-1234567890123456-0",
    "ff-12345678901234567890123456789012-1234567890123456-01",
    ".0-12345678901234567890123456789012-1234567890123456-01",
    "0.-12345678901234567890123456789012-1234567890123456-01",
    "000-12345678901234567890123456789012-1234567890123456-01",
    "0000-12345678901234567890123456789012-1234567890123456-01",
    "0-12345678901234567890123456789012-1234567890123456-01",
    "00-00000000000000000000000000000000-1234567890123456-01",
    "00-.2345678901234567890123456789012-1234567890123456-01",
    "00-1234567890123456789012345678901.-1234567890123456-01",
    "00-123456789012345678901234567890123-1234567890123456-01",
    "00-1234567890123456789012345678901-1234567890123456-01",
    "00-12345678901234567890123456789012-0000000000000000-01",
    "00-12345678901234567890123456789012-.234567890123456-01",
    "00-12345678901234567890123456789012-123456789012345.-01",
    "00-12345678901234567890123456789012-12345678901234567-01",
    "00-12345678901234567890123456789012-123456789012345-01",
    "00-12345678901234567890123456789012-1234567890123456-.0",
    "00-12345678901234567890123456789012-1234567890123456-0.",
    "00-12345678901234567890123456789012-1234567890123456-001",
    "00-12345678901234567890123456789012-1234567890123456-1",
    // Upper case.
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
    "00_12345678901234567890123456789012_1234567890123456_01",
  ])
  func whatIsNoneIsNotRead(text: String) {
    #expect(SpanContext(traceparent: text) == nil)
  }

  @Test func idsAreDistinctAndLookAsTheyAreSent() throws {
    var traces: Set<TraceID> = []
    var spans: Set<SpanID> = []
    for _ in 0..<10_000 {
      let root = SpanContext.root()
      traces.insert(root.traceID)
      spans.insert(root.spanID)
      #expect(root.flags == .random)
      #expect(SpanContext(traceparent: root.traceparent) == root)
    }
    #expect(traces.count == 10_000 && spans.count == 10_000)
    let bytes = try #require(TraceID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10))
    #expect(bytes.bytes == Array(1...16))
    #expect(bytes.description == "0102030405060708090a0b0c0d0e0f10")
    #expect(SpanID(0) == nil && TraceID(high: 0, low: 0) == nil)
  }
}
