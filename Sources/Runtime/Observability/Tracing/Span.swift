import Glibc
import Synchronization

/// A span that is recorded, from its beginning to its end.
///
/// What is said after its end is not heard. One that nobody ends is never exported.
public final class Span: Sendable {
  /// Its ids.
  public let context: SpanContext
  /// Who records it, and those that follow from it.
  public let tracer: Tracer
  private let state: Mutex<State>

  private struct State {
    var record: SpanRecord
    /// What the monotonic clock said at the beginning: a clock that is set meanwhile changes no duration.
    let start: UInt64
    var hasEnded = false
  }

  init(
    _ context: SpanContext, _ name: String, _ kind: SpanRecord.Kind, parent: SpanID?,
    parentIsRemote: Bool, links: [SpanContext], _ attributes: [SpanAttribute], _ tracer: Tracer
  ) {
    self.context = context
    self.tracer = tracer
    let now = Self.wallClock
    var record = SpanRecord(
      service: tracer.service, context: context, parent: parent, parentIsRemote: parentIsRemote,
      name: name, kind: kind, start: now, end: now, links: links)
    for attribute in attributes { record.set(attribute) }
    state = Mutex(State(record: record, start: MonotonicTime.nanoseconds))
  }

  /// Begins a span that follows from this one in the same process.
  public func child(
    _ name: String, _ kind: SpanRecord.Kind = .internal, _ attributes: [SpanAttribute] = []
  ) -> Span {
    Span(
      context.child(isSampled: true), name, kind, parent: context.spanID, parentIsRemote: false,
      links: [], attributes, tracer)
  }

  /// Says what is known of it; the last value of a name counts.
  public func set(_ name: String, _ value: SpanAttribute.Value) {
    change { $0.record.set(SpanAttribute(name, value)) }
  }

  /// Renames it, once it is known what is done.
  public func rename(_ name: String) { change { $0.record.name = name } }

  /// Notes a moment in it.
  public func addEvent(_ name: String, _ attributes: [SpanAttribute] = []) {
    change { state in
      state.record.add(.init(name: name, time: Self.time(in: state), attributes: attributes))
    }
  }

  /// Ends it; the first end counts.
  public func end(_ status: SpanRecord.Status = .unset) {
    let record = state.withLock { state -> SpanRecord? in
      guard !state.hasEnded else { return nil }
      state.hasEnded = true
      state.record.status = status
      state.record.end = Self.time(in: state)
      return state.record
    }
    if let record { tracer.sink.take(record) }
  }

  private func change(_ body: (inout sending State) -> Void) {
    state.withLock { if !$0.hasEnded { body(&$0) } }
  }

  private static func time(in state: State) -> UInt64 {
    state.record.start &+ (MonotonicTime.nanoseconds &- state.start)
  }

  /// Nanoseconds since 1970.
  private static var wallClock: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
