import Core
import Events
import Kafka
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

/// What nobody can need any more goes, in small batches; what a refill or a repetition needs stays.
@Suite(.timeLimit(.minutes(5))) struct PruningTests {
  private static let spec = TopicSpecification(
    name: "ticks", partitions: 3, retention: .hours(1))
  private static let now = Instant(microseconds: 1_800_000_000_000_000)

  private func pruner(
    _ fixture: OutboxFixture, retention: EventRetention = .contracts,
    topics: [TopicSpecification] = [Self.spec], batchLimit: Int = 4
  ) -> OutboxPruner {
    var configuration = OutboxPruner.Configuration()
    configuration.batchLimit = batchLimit
    configuration.pause = .zero
    configuration.interval = .milliseconds(20)
    return OutboxPruner(
      topics: topics, retention: retention, database: fixture.pool, configuration: configuration,
      logger: .quiet)
  }

  /// The sequences of the key's rows that are left.
  private func left(_ fixture: OutboxFixture) async throws -> [Int64] {
    try await fixture.pool.query("SELECT sequence FROM outbox WHERE topic = 'ticks' ORDER BY id")
      .map { try $0.decode(Int64.self, "sequence") }
  }

  @Test func onlyWhatIsPublishedAndOldGoes() async throws {
    let fixture = try await OutboxFixture()
    // Something that is kept for ever stands before and between.
    try await fixture.pool.execute(
      """
      INSERT INTO outbox (event_id, topic, key, sequence, event_type, payload, content_type, occurred_at,
        created_at, published_at)
      SELECT gen_random_uuid(), 'eternal', 'k', 0, 't', '', 'application/json', now(),
        now() - interval '1 year', now() - interval '1 year' FROM generate_series(1, 10)
      """)
    try await fixture.commit(1, count: 30)
    try await fixture.pool.execute(
      """
      UPDATE outbox SET published_at = CASE WHEN sequence <> 7 THEN now() END,
        created_at = now() - CASE
          WHEN sequence <= 20 THEN interval '3 hours'
          -- Older than the topic keeps it, and within the margin.
          WHEN sequence <= 25 THEN interval '90 minutes'
          ELSE '0' END
      WHERE topic = 'ticks'
      """)
    let pruner = pruner(fixture)
    let next = try await pruner.sweep(from: 0)
    #expect(try await left(fixture) == [7] + Array(21...30))
    let eternal = try await fixture.pool.query("SELECT FROM outbox WHERE topic = 'eternal'")
    #expect(eternal.count == 10)
    // The next sweep begins before the first row that may go later.
    let first = try await fixture.pool.query("SELECT id FROM outbox WHERE sequence = 7").one()
      .decode(Int64.self, "id")
    #expect(next == first - 1)
    try await fixture.pool.execute(
      "UPDATE outbox SET published_at = now(), created_at = now() - interval '3 hours'")
    _ = try await pruner.sweep(from: next)
    #expect(try await left(fixture).isEmpty)
    #expect(try await fixture.pool.query("SELECT FROM outbox").count == 10)
  }

  @Test func oneReplicaPrunesAtATime() async throws {
    let fixture = try await OutboxFixture()
    try await fixture.commit(1, count: 5)
    try await fixture.pool.execute(
      "UPDATE outbox SET published_at = now(), created_at = now() - interval '3 hours'")
    try await fixture.pool.transaction { transaction in
      try await transaction.execute(
        """
        SELECT pg_advisory_xact_lock(
          hashtextextended('alphintra prune outbox ' || current_schema(), 0))
        """)
      #expect(try await pruner(fixture).sweep(from: 0) == 0)
      #expect(try await left(fixture).count == 5)
    }
    let pruners = [pruner(fixture, batchLimit: 1), pruner(fixture, batchLimit: 1)]
    try await withBackground {
      await withTaskGroup { group in
        for pruner in pruners { group.addTask { await pruner.run() } }
      }
    } body: {
      try await eventually { try await left(fixture).isEmpty }
    }
  }

  @Test func whatIsKeptForEverStaysUnlessTheDeploymentSaysOtherwise() async throws {
    let fixture = try await OutboxFixture()
    try await fixture.commit(1, count: 5)
    try await fixture.pool.execute(
      "UPDATE outbox SET published_at = now(), created_at = now() - interval '31 days'")
    // It has nothing to do, and ends.
    await pruner(fixture, topics: [ticks.specification]).run()
    #expect(try await left(fixture).count == 5)
    let month = EventRetention(hoursLimit: 30 * 24)
    _ = try await pruner(fixture, retention: month, topics: [ticks.specification]).sweep(from: 0)
    #expect(try await left(fixture).isEmpty)
    #expect(month.applied(to: ticks.specification).retention == .hours(720))
    #expect(month.applied(to: Self.spec) == Self.spec)
  }

  /// A broker keeps the latest of each key for ever and may bring it at any time; an outbox forgets as the deployment says.
  @Test func aCompactedTopicOutlivesItsRows() async throws {
    let fixture = try await OutboxFixture()
    let latest = TopicSpecification(name: "ticks", partitions: 3, retention: .latest)
    try await fixture.commit(1, count: 5)
    try await fixture.pool.execute(
      """
      UPDATE outbox SET published_at = now(),
        created_at = now() - CASE WHEN sequence <= 3 THEN interval '31 days' ELSE '29 days' END
      """)
    await pruner(fixture, topics: [latest]).run()
    #expect(try await left(fixture) == [1, 2, 3, 4, 5])
    let month = EventRetention(hoursLimit: 30 * 24)
    #expect(month.applied(to: latest) == latest)
    #expect(month.inboxAge(of: latest) == nil)
    _ = try await pruner(fixture, retention: month, topics: [latest]).sweep(from: 0)
    #expect(try await left(fixture) == [4, 5])
  }

  /// The broker loses everything after a pruning: it is refilled with all that its topic would still hold.
  @Test func aRefillFindsWhatItNeeds() async throws {
    let fixture = try await OutboxFixture()
    let broker = try BrokerFixture()
    try await fixture.commit(1, count: 10)
    try await fixture.pool.execute(
      """
      UPDATE outbox SET published_at = now(),
        created_at = now() - CASE WHEN sequence <= 4 THEN interval '3 hours' ELSE '59 minutes' END
      """)
    _ = try await pruner(fixture).sweep(from: 0)
    #expect(try await left(fixture) == Array(5...10))
    try await fixture.pool.execute("INSERT INTO outbox_positions VALUES ('ticks', 0, 1000)")
    let relay = OutboxRelay(
      fixture.outbox, topics: [Self.spec], database: fixture.pool, kafka: broker.connection,
      logger: .quiet)
    try await withBackground {
      await relay.run()
    } body: {
      let all = try sequences(of: "k1", in: await broker.messages(6))
      #expect(all == Array(5...10))
    }
  }

  // MARK: - Inbox

  private func memory(_ retention: EventRetention, at now: Instant = Self.now) -> InboxMemory {
    InboxMemory(
      age: retention.inboxAge(of: ticks.specification), clock: ManualClock(now))
  }

  @Test func anInboxForgetsWhatNoBrokerCanBringAgain() async throws {
    let fixture = try await OutboxFixture()
    let day = EventRetention(hoursLimit: 24)
    // Twice the retention, for what was published again at its end, and two weeks for segments.
    let horizon = Duration.seconds(16 * 86_400)
    let ages: [(age: Duration, appliedAfter: Duration)] = [
      (horizon + .seconds(60), .zero), (horizon + .seconds(1), .zero),
      // Made before the boundary, and applied after it.
      (horizon + .seconds(1), .seconds(3_600)),
      (horizon - .seconds(1), .zero), (.zero, .zero),
    ]
    for (age, delay) in ages {
      let made = Self.now - age
      try await fixture.pool.execute(
        """
        INSERT INTO inbox VALUES ('effects', \(UUIDv7.make(now: made).description)::uuid, \(made + delay)),
          ('other', \(UUIDv7.make(now: made).description)::uuid, \(made + delay))
        """)
    }
    let pruner = InboxPruner(
      consumer: "effects", memory: memory(day), database: fixture.pool, interval: .seconds(60),
      logger: .quiet)
    #expect(try await pruner.prune() == 2)
    #expect(try await pruner.prune() == 0)
    func count(_ consumer: String) async throws -> Int {
      try await fixture.pool.query("SELECT FROM inbox WHERE consumer = \(consumer)").count
    }
    #expect(try await count("effects") == 3)
    #expect(try await count("other") == 5)
    let forEver = InboxPruner(
      consumer: "effects", memory: memory(.contracts), database: fixture.pool,
      interval: .seconds(60), logger: .quiet)
    await forEver.run()
    #expect(try await count("effects") == 3)
  }

  /// Everything that may have been forgotten is refused, and nothing else.
  @Test func whatIsForgottenIsNotAppliedOnceMore() throws {
    let memory = memory(EventRetention(hoursLimit: 24))
    let boundary = Self.now - .seconds(16 * 86_400)
    for age: Duration in [.zero, .seconds(86_400 * 15)] {
      try memory.check(EventID(UUIDv7.make(now: Self.now - age)))
    }
    try memory.check(EventID(UUIDv7.make(now: boundary)))
    let old = EventID(UUIDv7.make(now: boundary - .milliseconds(1)))
    #expect(throws: UnprocessableEvent.self) { try memory.check(old) }
    let upper = EventID(rawValue: old.rawValue.uppercased())
    #expect(throws: UnprocessableEvent.self) { try memory.check(upper) }
    try self.memory(.contracts).check(old)
  }

  @Test func anEventFromBeforeTheInboxGoesToAnOperator() async throws {
    let fixture = try await ConsumerFixture()
    // The ids of these say that they were made in 1970.
    try await fixture.publish([fixture.tick(1, 1), fixture.tick(1, 2)])
    let consumer = fixture.consumer(retention: EventRetention(hoursLimit: 24))
    try await withBackground {
      await consumer.run()
    } body: {
      try await eventually { try await fixture.deadLetters(of: "k1").count == 2 }
      #expect(try await fixture.effects(of: "k1").isEmpty)
      let letter = try #require(try await fixture.deadLetters(of: "k1").first)
      #expect(letter.reason.hasPrefix("it is older than the inbox remembers"))
      #expect(letter.attempts == 1)
      // Who knows that it was not applied may say so.
      #expect(try await fixture.letters.requeueAll() == 2)
      try await eventually { try await fixture.effects(of: "k1") == [1, 2] }
    }
  }
}
