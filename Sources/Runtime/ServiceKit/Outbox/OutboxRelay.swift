public import Core
public import Events
public import Kafka
public import Logging
public import Postgres
import ProcessKit

/// Publishes the rows of an outbox, in order within each key, each at least once.
///
/// Any number of relays of a service may run: one works at a time, under a lock that its database
/// session holds, and another takes over when that session ends. Rows are marked after the broker has
/// acknowledged them; what is repeated after a crash in between, consumers recognize by its id.
///
/// The broker may lose everything. The relay notices that it holds less than it has acknowledged, and
/// publishes the rows again from the first that the topic's retention asks for, before newer ones of
/// that topic, so that the order of each key holds for every consumer.
public actor OutboxRelay {
  /// The most rows on their way to the broker at once.
  static let batchLimit = 500

  /// What a relay takes its time for.
  public struct Configuration: Sendable {
    /// How soon rows are found that nobody woke the relay for.
    public var pollInterval: Duration = .milliseconds(200)
    /// How often the broker is asked whether it still holds what it acknowledged.
    public var auditInterval: Duration = .seconds(5)
    /// How often missing topics are created where the broker allows it.
    public var creationInterval: Duration = .seconds(30)
    /// How long a key waits whose next record the broker refuses, such as one that is too large.
    public var refusalInterval: Duration = .seconds(30)
    /// How long a batch waits for its acknowledgement.
    ///
    /// Shorter than the database lets a transaction be idle.
    public var deliveryTimeout: Duration = .seconds(10)
    /// How long a cancelled relay waits for the answers to what it has sent.
    public var cancellationGrace: Duration = .seconds(1)
    /// The most records a second that are published again.
    ///
    /// At least 1.
    public var refillRate = 5_000

    /// The defaults.
    public init() {}
  }

  private let outbox: Outbox
  private let topics: [TopicSpecification]
  private let database: PostgresPool
  private let source: ProducerSource
  private let configuration: Configuration
  private let clock: any Core.Clock
  private let logger: Logger

  private var existingTopics: [String] = []
  private var refusals: [OutboxAggregate: ContinuousClock.Instant] = [:]
  private var nextAudit = ContinuousClock.now
  private var nextCreation = ContinuousClock.now
  private var isInterrupted = false

  /// A relay of an outbox; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - topics: those the service declares; they are created where the broker allows it.
  ///   - database: of the service's schema.
  public init(
    _ outbox: Outbox, topics: [TopicSpecification], database: PostgresPool,
    kafka: KafkaConnection, configuration: Configuration = Configuration(),
    clock: any Core.Clock = SystemClock(), logger: Logger
  ) {
    precondition(
      configuration.refillRate >= 1, "refillRate is at least 1, not \(configuration.refillRate)")
    self.outbox = outbox
    self.topics = topics
    self.database = database
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    var limits = KafkaProducer.Configuration()
    limits.deliveryTimeout = configuration.deliveryTimeout
    source = ProducerSource(kafka, limits)
  }

  // MARK: - Life

  /// Publishes until the task is cancelled.
  public func run() async {
    var backoff = Backoff()
    while !Task.isCancelled {
      switch await attempt() {
      case .more: backoff = Backoff()
      case .refilled(let count):
        backoff = Backoff()
        try? await Task.sleep(for: .seconds(1) * count / configuration.refillRate)
      case .idle:
        backoff = Backoff()
        await outbox.signal.wait(atMost: configuration.pollInterval)
      case .standby: try? await Task.sleep(for: configuration.pollInterval)
      case .failed: await backoff.wait()
      }
    }
  }

  /// Publishes what is there, at most for a while: for the end of a process.
  public func flush(within limit: Duration) async {
    await withTaskGroup { group in
      group.addTask {
        var backoff = Backoff()
        while !Task.isCancelled {
          switch await self.attempt() {
          case .more: break
          // The next process, or the one that works, does the rest.
          case .idle, .standby, .refilled: return
          case .failed: await backoff.wait()
          }
        }
      }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
  }

  /// Closes the way to the broker.
  public func close(limit: Duration = .seconds(5)) async { await source.close(limit: limit) }

  // MARK: - Work

  /// What a pass found.
  private enum Outcome: Sendable {
    /// There may be more rows.
    case more
    /// So many records were published again.
    case refilled(Int)
    case idle
    /// Another relay works.
    case standby
    case failed
  }

  private func attempt() async -> Outcome {
    do {
      let (producer, isNew) = try await source.producer()
      if isNew { nextAudit = .now }
      // Not cancelled with this task: what was acknowledged is still marked.
      let pass = Task { try await transact(producer) }
      let outcome = try await withTaskCancellationHandler {
        try await pass.value
      } onCancel: { [source, configuration] in
        Task { await source.discard(producer, limit: configuration.cancellationGrace) }
      }
      if case .failed = outcome { return outcome }
      if isInterrupted { logger.notice("outbox relay works again") }
      isInterrupted = false
      return outcome
    } catch {
      noteFailure(error)
      return .failed
    }
  }

  private func transact(_ producer: KafkaProducer) async throws -> Outcome {
    try await database.transaction { transaction in
      try await self.pass(
        OutboxQueries(service: self.outbox.service, transaction: transaction), producer)
    }
  }

  /// One transaction: look, publish, mark.
  private func pass(_ queries: OutboxQueries, _ producer: KafkaProducer) async throws -> Outcome {
    guard let (positions, refills) = try await queries.begin() else { return .standby }
    if nextAudit <= .now, try await audit(producer, positions, queries) { return .more }
    refusals = refusals.filter { $0.value > .now }

    let refill = refills.first { existingTopics.contains($0.topic) }
    var again: [OutboxRow] = []
    if let refill {
      again = try await queries.published(
        again: refill, since: oldest(of: refill.topic), limit: Self.batchLimit)
    }
    let waiting = Set(refills.map(\.topic))
    let new = try await queries.unpublished(
      of: existingTopics.filter { !waiting.contains($0) }, without: Array(refusals.keys),
      limit: Self.batchLimit)
    guard !again.isEmpty || !new.isEmpty else {
      guard let refill else { return .idle }
      end(refill, queries)
      return .more
    }

    let outcomes = await producer.publish((again + new).map(\.record))
    let fresh = RelayVerdict(
      new, Array(outcomes.dropFirst(again.count)), acknowledged: positions)
    let repeated = RelayVerdict(again, Array(outcomes.prefix(again.count)), acknowledged: positions)
    let lost = fresh.lost.union(repeated.lost)
    guard lost.isEmpty else {
      begin(lost, queries)
      return .more
    }
    queries.store(fresh.positions.merging(repeated.positions) { max($0, $1) })
    if !fresh.published.isEmpty { queries.mark(fresh.published) }
    refuse(fresh.refused, queries)
    takeBack(repeated.refused, queries)
    if let refill { advance(refill, again, repeated, queries) }
    if let failure = fresh.failure ?? repeated.failure {
      nextAudit = .now
      noteFailure(failure)
      return .failed
    }
    return again.isEmpty ? .more : .refilled(again.count)
  }

  // MARK: - The broker's losses

  /// Looks at the broker, creates what it lacks and begins what it lost.
  ///
  /// - Returns: whether the transaction now has something to commit before it goes on.
  private func audit(
    _ producer: KafkaProducer, _ positions: [KafkaPartition: Int64], _ queries: OutboxQueries
  ) async throws -> Bool {
    var audit = try await BrokerAudit(of: producer, acknowledged: positions)
    if nextCreation <= .now, topics.contains(where: { audit.existing[$0.name] == nil }) {
      nextCreation = .now + configuration.creationInterval
      try await TopicCreator(topics: topics, logger: logger)
        .createMissing(from: audit.existing, with: producer)
      audit = try await BrokerAudit(of: producer, acknowledged: positions)
    }
    existingTopics = audit.existing.keys.sorted()
    nextAudit = .now + configuration.auditInterval
    begin(audit.lost, queries)
    return !audit.lost.isEmpty
  }

  private func begin(_ lost: Set<String>, _ queries: OutboxQueries) {
    for topic in lost.sorted() {
      logger.warning("broker has lost records, refilling", metadata: ["topic": "\(topic)"])
      queries.beginRefill(of: topic)
    }
  }

  /// Moves a refill on, behind what the broker has acknowledged, or will not take, without a gap.
  private func advance(
    _ refill: OutboxRefill, _ rows: [OutboxRow], _ verdict: RelayVerdict, _ queries: OutboxQueries
  ) {
    let published = Set(verdict.published)
    let done = rows.prefix { row in
      published.contains(row.id) || verdict.refused[row.aggregate] != nil
    }
    if done.count == rows.count, rows.count < Self.batchLimit {
      end(refill, queries)
    } else if let last = done.last {
      queries.advance(refill, to: last.id)
    }
  }

  private func end(_ refill: OutboxRefill, _ queries: OutboxQueries) {
    logger.notice("broker is refilled", metadata: ["topic": "\(refill.topic)"])
    queries.end(refill)
  }

  /// The oldest event that consumers of a topic may ask the broker for.
  private func oldest(of topic: String) -> Instant {
    switch topics.first(where: { $0.name == topic })?.retention {
    case .hours(let hours): clock.now - .seconds(3_600 * hours)
    // Of a compacted topic any row may be the latest of its key; the broker drops those that are not.
    case .forever, .latest, nil: .epoch
    }
  }

  // MARK: - Failures

  private func refuse(
    _ refused: [OutboxAggregate: (id: Int64, error: KafkaError)], _ queries: OutboxQueries
  ) {
    for (aggregate, (id, error)) in refused {
      refusals[aggregate] = .now + configuration.refusalInterval
      queries.refuse(id, because: "\(error)")
      logger.error(
        "broker refuses an event, and its key waits", error: error,
        metadata: [
          "event": "\(id)", "topic": "\(aggregate.topic)", "key": "\(aggregate.key)",
        ])
    }
  }

  /// What a broker refuses that had been published once is unpublished again, and what comes of its key after it:
  /// it waits as others do, in its order, and the refill goes on without.
  private func takeBack(
    _ refused: [OutboxAggregate: (id: Int64, error: KafkaError)], _ queries: OutboxQueries
  ) {
    for (aggregate, (id, _)) in refused { queries.unpublish(aggregate, from: id) }
    refuse(refused, queries)
  }

  /// One line for an outage, however long it lasts.
  private func noteFailure(_ error: any Error) {
    guard !Task.isCancelled else { return }
    logger.log(
      level: isInterrupted ? .debug : .warning, "outbox relay is interrupted", error: error)
    isInterrupted = true
  }
}
