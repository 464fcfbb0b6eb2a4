import Core
import Events
import Kafka
import Observability
import Postgres
import Protobuf
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// An event is part of the trace of what made it, from the transaction to whoever applies it.
@Suite(.timeLimit(.minutes(5))) struct EventTraceTests {
  let fixture: OutboxFixture
  private let spans = RecordedSpans()

  init() async throws { fixture = try await OutboxFixture() }

  private func traceparents() async throws -> [String?] {
    try await fixture.pool.query("SELECT traceparent FROM outbox ORDER BY id").map {
      try $0.decode(String?.self, "traceparent")
    }
  }

  @Test func aRowNamesTheSpanThatMadeIt() async throws {
    let tracer = Tracer(service: "trading", sink: spans)
    let place = try #require(tracer.begin("place", .server, parent: nil).recording)
    try await ActiveSpan.$current.withValue(ActiveSpan(place)) { _ = try await fixture.commit(1) }
    let ids = SpanContext.root()
    try await ActiveSpan.$current.withValue(ActiveSpan(ids)) { _ = try await fixture.commit(1) }
    try await fixture.commit(1)
    let create = try #require(spans.all.first)
    #expect(spans.all.count == 1)
    #expect(create.name == "create ticks" && create.kind == .producer)
    #expect(create.parent == place.context.spanID)
    #expect(create.attributes.contains(SpanAttribute("messaging.system", "kafka")))
    // Where nothing is recorded the event follows from the call itself.
    #expect(
      try await traceparents() == [create.context.traceparent, ids.traceparent, nil])
    let history = fixture.outbox.history(of: ticks, in: fixture.pool)
    #expect(
      try await history.read("k1", 0, 3, 10).map(\.headers.traceparent)
        == [create.context.traceparent, ids.traceparent])
  }

  @Test func whoAppliesAnEventGoesOnWithItsTrace() async throws {
    let broker = try BrokerFixture(topics: ["ticks": 3, "ticks.dlq": 1])
    let place = try #require(
      Tracer(service: "trading", sink: spans).begin("place", .server, parent: nil).recording)
    try await ActiveSpan.$current.withValue(ActiveSpan(place)) {
      _ = try await fixture.commit(1, count: 2)
    }
    try await fixture.commit(2)
    place.end()
    let relay = OutboxRelay(
      fixture.outbox, topics: [ticks.specification], database: fixture.pool,
      kafka: broker.connection, logger: .quiet)
    let seen = Mutex<[SpanContext]>([])
    let failures = Mutex(1)
    var configuration = EventConsumerConfiguration()
    configuration.leaseTimeout = .seconds(3)
    let consumer = EventConsumer(
      ticks, group: "portfolio", connection: broker.connection, database: fixture.pool,
      configuration: configuration, tracer: Tracer(service: "portfolio", sink: spans),
      logger: .quiet
    ) { events, _ in
      struct NotYet: Error {}
      for event in events {
        let envelope = event.envelope
        if envelope.key == "k1", envelope.headers.sequence == 2 {
          throw UnprocessableEvent("never")
        }
        // It fails in all company, and once alone.
        guard envelope.key == "k2" else { continue }
        let fails = failures.withLock { failures in
          if events.count == 1 { failures -= 1 }
          return failures >= 0
        }
        if fails { throw NotYet() }
      }
      for event in events {
        let span = event.origin.run { ActiveSpan.current }
        if let span { seen.withLock { $0.append(span.context) } }
      }
    }
    try await withBackground {
      await relay.run()
    } body: {
      try await withBackground {
        await consumer.run()
      } body: {
        // A group that is made anew on a busy machine may take a record twice.
        try await eventually { Set(spans.of(.consumer).map(\.parent)).count == 3 }
      }
    }
    await relay.close()
    let created = spans.of(.producer)
    let processed = spans.of(.consumer)
    #expect(created.count == 2 && processed.allSatisfy { $0.name == "process ticks" })
    #expect(processed.allSatisfy { $0.service == "portfolio" })
    for (create, status) in zip(
      created, [SpanRecord.Status.unset, .error("put aside as a dead letter")])
    {
      let process = try #require(processed.first { $0.parent == create.context.spanID })
      #expect(process.context.traceID == place.context.traceID && process.parentIsRemote)
      #expect(process.links.map(\.spanID) == [create.context.spanID])
      #expect(process.status == status)
      #expect(
        process.attributes.contains(SpanAttribute("messaging.consumer.group.name", "portfolio")))
    }
    // An event that names no trace begins one.
    let alone = try #require(processed.first { $0.parent == nil })
    #expect(alone.links.isEmpty && alone.context.traceID != place.context.traceID)
    let applied = seen.withLock { Set($0) }
    #expect(applied.count == 2)
    #expect(applied.isSubset(of: processed.filter { $0.status == .unset }.map(\.context)))
    #expect(processed.flatMap(\.events).map(\.name) == ["attempt failed"])
  }

  @Test func withoutATracerTheIDsGoOn() throws {
    let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    var headers = EventHeaders(
      eventID: EventID(rawValue: "e"), eventType: "t", occurredAt: .epoch, producer: "p",
      sequence: 1, traceparent: text)
    let active = EventSpan.processing(headers, of: "ticks", group: "g", by: nil)
    #expect(active?.recording == nil && active?.context.traceparent == text)
    headers.traceparent = "nonsense"
    #expect(EventSpan.processing(headers, of: "ticks", group: "g", by: nil)?.context == nil)
  }
}
