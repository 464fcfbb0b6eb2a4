import TestSupport
import Testing

@testable import Observability

@Suite struct TracerTests {
  private let spans = RecordedSpans()
  private static let sampled = SpanContext(
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", tracestate: ["a=1"])
  private static let unsampled = SpanContext(
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")

  private func tracer(_ sampling: TraceSampling) -> Tracer {
    Tracer(service: "trading", sampling: sampling, sink: spans)
  }

  @Test func aSpanIsRecordedOnceWithAllThatWasSaid() throws {
    let tracer = tracer(.standard)
    let parent = try #require(Self.sampled)
    let active = tracer.begin("GET", .server, parent: parent, [SpanAttribute("a", "1")])
    let span = try #require(active.recording)
    #expect(active.context.traceID == parent.traceID && active.context.spanID != parent.spanID)
    #expect(active.context.state.text == "a=1")
    span.set("a", "2")
    span.set("n", 7)
    span.addEvent("noted", [SpanAttribute("ok", true)])
    span.rename("GET /api")
    let child = span.child("inner")
    child.end()
    span.end(.error("bad"))
    span.set("late", 1)
    span.end()
    #expect(spans.all.map(\.name) == ["inner", "GET /api"])
    let record = try #require(spans.all.last)
    #expect(record.service == "trading" && record.kind == .server)
    #expect(record.parent == parent.spanID && record.parentIsRemote)
    #expect(record.attributes == [SpanAttribute("a", "2"), SpanAttribute("n", 7)])
    #expect(record.events.map(\.name) == ["noted"])
    #expect(record.status == .error("bad"))
    #expect(record.start <= record.events[0].time && record.events[0].time <= record.end)
    let inner = try #require(spans.all.first)
    #expect(inner.parent == record.context.spanID && !inner.parentIsRemote)
    #expect(inner.context.traceID == parent.traceID && inner.kind == .internal)
  }

  @Test func whatIsNotRecordedKeepsItsIDs() throws {
    let unsampled = try #require(Self.unsampled)
    let active = tracer(.standard).begin("never", .server, parent: unsampled)
    #expect(active.recording == nil && active.context == unsampled)
    let root = tracer(TraceSampling(ratio: 0)).begin("never", .server, parent: nil)
    #expect(root.recording == nil && !root.context.isSampled)
    let sampled = try #require(Self.sampled)
    let ignored = tracer(TraceSampling(followsParent: false, ratio: 0))
      .begin("never", .server, parent: sampled)
    #expect(ignored.recording == nil && !ignored.context.isSampled)
    #expect(ignored.context.traceID == sampled.traceID)
    #expect(ignored.context.spanID != sampled.spanID)
    #expect(spans.all.isEmpty)
  }

  @Test func nameAndAttributesAreNotMadeForNothing() {
    func unwanted<Value>(_ value: Value) -> Value {
      Issue.record("made for a span that nobody records")
      return value
    }
    _ = tracer(TraceSampling(ratio: 0)).begin(
      unwanted("name"), .server, parent: Self.unsampled, links: unwanted([]), unwanted([]))
  }

  @Test func theRatioIsKeptAndTheSameEverywhere() {
    let (tenth, half) = (TraceSampling(ratio: 0.1), TraceSampling(followsParent: false, ratio: 0.5))
    var counts = [0, 0]
    for _ in 0..<20_000 {
      let root = SpanContext.root()
      let inTenth = tenth.records(root.traceID, parent: nil)
      let inHalf = half.records(root.traceID, parent: root)
      if inTenth { counts[0] += 1 }
      if inHalf { counts[1] += 1 }
      // Whoever keeps fewer keeps a part of what others keep.
      #expect(!inTenth || inHalf)
    }
    // Seven standard deviations of what is expected.
    #expect(abs(counts[0] - 2_000) < 300 && abs(counts[1] - 10_000) < 500)
    let all = TraceSampling.standard
    #expect((0..<1_000).allSatisfy { _ in all.records(.make(), parent: nil) })
  }

  @Test func aSpanHasALimit() throws {
    let span = try #require(tracer(.standard).begin("s", .internal, parent: nil).recording)
    for index in 0..<200 {
      span.set("a\(index)", .integer(index))
      span.addEvent("e\(index)")
    }
    span.set("text", "never kept")
    span.end()
    let record = try #require(spans.all.first)
    #expect(record.attributes.count == SpanRecord.maximumAttributes)
    #expect(record.droppedAttributes == 201 - SpanRecord.maximumAttributes)
    #expect(record.events.count == SpanRecord.maximumEvents)
    #expect(record.droppedEvents == 200 - SpanRecord.maximumEvents)
    let long = SpanAttribute("t", .text(String(repeating: "é", count: 5_000)))
    #expect(long.value == .text(String(repeating: "é", count: SpanAttribute.maximumTextLength)))
  }
}
