public import Core
public import Events
public import Kafka
public import Logging
public import Observability
public import Postgres
public import Protobuf

/// Applies the events of a topic to a service's database, each once, in the order of each key.
///
/// The instances of a service are one group: each partition is read by one of them. The handler's
/// statements are committed together with the event's place in the ``Inbox``, and the group's offset
/// after that; so an event that comes again, for whatever reason, changes nothing.
///
/// A record that is no event of the topic, that the handler calls ``UnprocessableEvent`` or that has
/// failed in all its attempts goes to the topic's dead letters, and those behind it go on. While the
/// database cannot be reached, nothing is given up.
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

  private let topic: Topic<Event>
  private let inbox: Inbox
  private let database: PostgresPool
  private let configuration: EventConsumerConfiguration
  private let reader: GroupReader
  private let deadLetters: DeadLetters
  private let tracer: Tracer?
  private let logger: Logger
  private let apply: Handler

  /// A consumer; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - group: its name to the broker and in the inbox; it never changes.
  ///   - database: with the table `inbox` in its schema.
  ///   - tracer: records a span for each event, in the trace that the event comes from.
  public init(
    _ topic: Topic<Event>, group: String, connection: KafkaConnection, database: PostgresPool,
    configuration: EventConsumerConfiguration = EventConsumerConfiguration(),
    clock: any Core.Clock = SystemClock(), tracer: Tracer? = nil, logger: Logger,
    apply: @escaping Handler
  ) {
    precondition(
      configuration.attempts >= 1, "attempts are at least 1, not \(configuration.attempts)")
    self.topic = topic
    self.inbox = Inbox(consumer: group)
    self.database = database
    self.configuration = configuration
    self.tracer = tracer
    self.logger = logger
    self.apply = apply
    reader = GroupReader(
      topic: topic.name, group: group, connection: connection,
      sessionTimeout: configuration.sessionTimeout, batchLimit: configuration.batchLimit,
      logger: logger)
    deadLetters = DeadLetters(
      consumer: group, topic: topic.specification.deadLetter, connection: connection,
      clock: clock, logger: logger)
  }

  /// Consumes until the task is cancelled.
  public func run() async {
    await reader.run { messages in
      for (index, message) in messages.enumerated() {
        guard await self.consume(message) else { return index }
      }
      self.configuration.crashPoints.reach("\(self.inbox.consumer).applied")
      return messages.count
    }
    await deadLetters.close()
  }

  /// Applies a record or puts it aside.
  ///
  /// - Returns: false if neither was done, because the task was cancelled.
  private func consume(_ message: KafkaMessage) async -> Bool {
    let envelope: EventEnvelope<Event>
    do {
      envelope = try EventRecord.decode(message, of: topic)
    } catch {
      return await deadLetters.store(message, attempts: 1, because: error)
    }
    let headers = envelope.headers
    let span = EventSpan.processing(
      headers, of: topic.name, group: inbox.consumer, by: tracer)
    return await ActiveSpan.$current.withValue(span) {
      await LogContext.$correlationID.withValue(headers.correlationID) {
        await self.process(envelope, message)
      }
    }
  }

  /// Applies an event, in as many attempts as it takes, or puts its record aside.
  private func process(_ envelope: EventEnvelope<Event>, _ message: KafkaMessage) async -> Bool {
    let span = ActiveSpan.current?.recording
    var failures = 0
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        try await self.applyOnce(envelope)
        span?.end()
        return true
      } catch let error as UnprocessableEvent {
        return await putAside(message, attempts: failures + 1, because: error)
      } catch {
        guard !Task.isCancelled else { return false }
        // An outage is not the event's fault, and what became of a COMMIT the inbox knows.
        let mayPass = (error as? PostgresError).map { $0.isRetryable || $0.outcomeUnknown } ?? false
        if !mayPass { failures += 1 }
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

  private func putAside(
    _ message: KafkaMessage, attempts: Int, because error: any Error
  ) async -> Bool {
    let isStored = await deadLetters.store(message, attempts: attempts, because: error)
    if isStored { ActiveSpan.current?.recording?.end(.error("put aside as a dead letter")) }
    return isStored
  }

  private func applyOnce(_ envelope: EventEnvelope<Event>) async throws {
    try await database.transaction { transaction in
      guard try await inbox.admit(envelope.headers.eventID, in: transaction) else { return }
      try await apply(envelope, transaction)
    }
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
  /// How soon the group gives the partitions of a vanished instance to others.
  public var sessionTimeout: Duration = .seconds(6)
  /// The point `<group>.applied` lies between the database's commit and the offset's.
  public var crashPoints: CrashPoints = .none

  /// The defaults.
  public init() {}
}
