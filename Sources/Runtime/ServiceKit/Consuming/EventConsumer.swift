public import Core
public import Events
public import Kafka
public import Logging
public import Observability
public import Postgres
public import ProcessKit
public import Protobuf

/// Applies the events of a topic to a service's database, each once, in the order of each key.
///
/// The instances of a service share the partitions, by locks of its database. The handler's
/// statements are committed together with the event's place in the ``Inbox``, and the offset, which the
/// broker keeps under the group's name, after that; so an event that comes again, for whatever reason,
/// changes nothing.
///
/// A record that is no event of the topic, that the handler calls ``UnprocessableEvent`` or that has
/// failed in all its attempts goes to the topic's dead letters and is put aside in the database; so is
/// what comes of its key after it, so that the order of the key holds, and all other keys go on. When an
/// operator has the key tried again (``DeadLetters``), each is applied in its turn. While the database
/// cannot be reached, nothing is given up.
///
/// The service's schema has the tables of ``Migration/events(version:)`` and
/// ``Migration/deadLetters(version:)``.
///
/// ```swift
/// let consumer = EventConsumer(
///   TradingV1.Topics.orderEvents, group: "portfolio", connection: environment.kafka,
///   database: environment.database, logger: environment.logger
/// ) { envelope, transaction in
///   transaction.send("UPDATE positions SET …")
/// }
/// return ServiceParts(services: […], tasks: [BackgroundTask("order events") { await consumer.run() }])
/// ```
public final class EventConsumer<Event: Message>: Sendable {
  /// Applies an event by statements of the transaction, and by nothing else: it may be run again.
  public typealias Handler =
    @Sendable (EventEnvelope<Event>, PostgresTransaction) async throws -> Void

  let topic: Topic<Event>
  let parked: ParkedEvents
  let database: PostgresPool
  let configuration: EventConsumerConfiguration
  private let reader: GroupReader
  private let deadLetters: DeadLetterTopic
  private let memory: InboxMemory
  private let pruner: InboxPruner
  private let tracer: Tracer?
  let logger: Logger
  let apply: Handler

  /// A consumer; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - group: its name to the broker and in the inbox; it never changes.
  ///   - database: with the tables `inbox` and `dead_letters` in its schema.
  ///   - tracer: records a span for each event, in the trace that the event comes from.
  ///   - metrics: shows how far the consumer is behind, and how much its inbox holds.
  public init(
    _ topic: Topic<Event>, group: String, connection: KafkaConnection, database: PostgresPool,
    configuration: EventConsumerConfiguration = EventConsumerConfiguration(),
    clock: any Core.Clock = SystemClock(), tracer: Tracer? = nil,
    metrics: MetricsRegistry? = nil, logger: Logger,
    apply: @escaping Handler
  ) {
    precondition(
      configuration.attempts >= 1, "attempts are at least 1, not \(configuration.attempts)")
    self.topic = topic
    parked = ParkedEvents(consumer: group, topic: topic.name)
    self.database = database
    self.configuration = configuration
    self.tracer = tracer
    self.logger = logger
    self.apply = apply
    reader = GroupReader(
      topic: topic.name, group: group, connection: connection,
      leases: PartitionLeases(
        consumer: group, timeout: configuration.leaseTimeout, database: database.configuration),
      batchLimit: configuration.batchLimit,
      progress: ConsumerProgress(topic: topic.name, group: group, metrics: metrics),
      logger: logger)
    memory = InboxMemory(
      age: configuration.retention.inboxAge(of: topic.specification), clock: clock)
    pruner = InboxPruner(
      consumer: group, memory: memory, database: database, interval: configuration.pruneInterval,
      logger: logger)
    metrics?.showInbox(of: group, in: database, clock: clock)
    deadLetters = DeadLetterTopic(
      consumer: group, topic: topic.specification.deadLetter, connection: connection,
      clock: clock, logger: logger)
  }

  /// Consumes until the task is cancelled.
  public func run() async {
    await withTaskGroup { group in
      group.addTask { await self.applyRequeued() }
      group.addTask { await self.read() }
      group.addTask { await self.pruner.run() }
      await group.waitForAll()
    }
    await deadLetters.close()
  }

  private func read() async {
    await reader.run { messages in
      for (index, message) in messages.enumerated() {
        guard await self.consume(message) else { return index }
      }
      self.configuration.crashPoints.reach("\(self.parked.consumer).applied")
      return messages.count
    }
  }

  /// Applies a record or puts it aside.
  ///
  /// - Returns: false if neither was done, because the task was cancelled.
  private func consume(_ message: KafkaMessage) async -> Bool {
    let envelope: EventEnvelope<Event>
    do {
      envelope = try EventRecord.decode(message, of: topic)
      try memory.check(envelope.headers.eventID)
    } catch {
      return await putAside(message, attempts: 1, because: error)
    }
    return await trace(envelope) { await self.process(envelope, message) }
  }

  /// Does the work of an event as part of its trace, and of the request that led to it.
  func trace<Result: Sendable>(
    _ envelope: EventEnvelope<Event>, _ work: () async -> Result
  ) async -> Result {
    let headers = envelope.headers
    let span = EventSpan.processing(
      headers, of: topic.name, group: parked.consumer, by: tracer)
    return await ActiveSpan.$current.withValue(span) {
      await LogContext.$correlationID.withValue(headers.correlationID) { await work() }
    }
  }

  /// Applies an event, in as many attempts as it takes, or puts its record aside.
  private func process(_ envelope: EventEnvelope<Event>, _ message: KafkaMessage) async -> Bool {
    let span = ActiveSpan.current?.recording
    var failures = 0
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        guard try await applyUnlessParked(envelope, key: message.key) else {
          guard try await parked.park(behind: ParkedRecord(message), in: database) else { continue }
          logger.debug(
            "event waits behind a dead letter of its key",
            metadata: ["topic": "\(message.topic)", "event_id": "\(envelope.headers.eventID)"])
          span?.end(.error("waits behind a dead letter of its key"))
          return true
        }
        span?.end()
        return true
      } catch let error as UnprocessableEvent {
        return await putAside(message, attempts: failures + 1, because: error)
      } catch {
        guard !Task.isCancelled else { return false }
        // An outage is not the event's fault, and what became of a COMMIT the inbox knows.
        if !error.isOutage { failures += 1 }
        guard failures < configuration.attempts else {
          return await putAside(message, attempts: failures, because: error)
        }
        span?.addEvent("attempt failed", [SpanAttribute("failures", .integer(failures))])
        logger.warning(
          "event is not applied yet", error: error,
          metadata: [
            "topic": "\(message.topic)", "event_id": "\(envelope.headers.eventID)",
            "failures": "\(failures)",
          ])
        await backoff.wait()
      }
    }
    return false
  }

  /// - Returns: false if an earlier event of the key was put aside, so that this one has to wait.
  private func applyUnlessParked(
    _ envelope: EventEnvelope<Event>, key: [UInt8]?
  ) async throws -> Bool {
    try await database.transaction { transaction in
      switch try await parked.admit(envelope.headers.eventID, key: key, in: transaction) {
      case .parked: return false
      case .applied: return true
      case .apply:
        try await apply(envelope, transaction)
        return true
      }
    }
  }

  /// Tells the topic of dead letters, then has the key wait.
  ///
  /// In this order: a record that the topic has and the database has not comes again.
  private func putAside(
    _ message: KafkaMessage, attempts: Int, because error: any Error
  ) async -> Bool {
    guard await deadLetters.store(message, attempts: attempts, because: error) else { return false }
    let record = ParkedRecord(message)
    let reason = DeadLetterTopic.reason(of: error)
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        try await parked.park(failed: record, attempts: attempts, because: reason, in: database)
        ActiveSpan.current?.recording?.end(.error("put aside as a dead letter"))
        return true
      } catch {
        logger.warning("dead letter is not put aside yet", error: error)
        await backoff.wait()
      }
    }
    return false
  }
}

extension Error {
  /// Whether the database was away, which says nothing about the event.
  var isOutage: Bool {
    (self as? PostgresError).map { $0.isRetryable || $0.outcomeUnknown } ?? false
  }
}

/// What a consumer of events takes its time for.
public struct EventConsumerConfiguration: Sendable {
  /// How often an event is tried before it goes to the dead letters.
  ///
  /// At least 1. Attempts during an outage of the database do not count.
  public var attempts = 5
  /// The most records whose offsets are committed together.
  public var batchLimit = 100
  /// How soon dead letters are tried that an operator has requeued.
  public var requeueInterval: Duration = .seconds(1)
  /// How soon others read the partitions of an instance whose host vanished or that stands still.
  ///
  /// Those of a process that died are free at once.
  public var leaseTimeout: Duration = .seconds(5)
  /// How long events are kept: what no broker can bring again, the inbox forgets.
  ///
  /// That of the deployment, `environment.configuration.retention`.
  public var retention: EventRetention = .contracts
  /// How soon the inbox is pruned again.
  public var pruneInterval: Duration = .seconds(60)
  /// The point `<group>.applied` lies between the database's commit and the offset's.
  public var crashPoints: CrashPoints = .none

  /// The defaults.
  public init() {}
}
