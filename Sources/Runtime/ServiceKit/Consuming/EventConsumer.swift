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
/// The instances of a service share the partitions, by locks of its database. What has been read together is
/// applied together: the handler is given a batch of events, its statements are committed in one transaction
/// with the events' places in the ``Inbox``, and the offsets, which the broker keeps under the group's name,
/// after that; so an event that comes again, for whatever reason, changes nothing. A batch that fails is
/// divided until whatever makes it fail is alone.
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
/// ) { events, transaction in
///   let orders = events.map(\.envelope.event)
///   transaction.send("UPDATE positions SET … FROM unnest(\(orders.map(\.orderID))) …")
/// }
/// return ServiceParts(services: […], tasks: [BackgroundTask("order events") { await consumer.run() }])
/// ```
public final class EventConsumer<Event: Message>: Sendable {
  /// Applies events, one or more, by statements of the transaction, and by nothing else: it may be run again.
  ///
  /// They come in the order of their partitions, so each key's are in its order; no two have the same id. What is thrown
  /// undoes all of them. Rows that others lock, too, are locked in one order of all, not in that of the events. Statements
  /// are planned by key (`PostgresTransaction.planByKey()`).
  public typealias Handler =
    @Sendable (_ events: [ConsumedEvent<Event>], _ transaction: PostgresTransaction) async throws ->
    Void

  let topic: Topic<Event>
  let parked: ParkedEvents
  let database: PostgresPool
  let configuration: EventConsumerConfiguration
  private let reader: GroupReader
  let deadLetters: DeadLetterTopic
  let memory: InboxMemory
  private let pruner: InboxPruner
  let tracer: Tracer?
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
      batchLimit: configuration.batchLimit, batchBytesLimit: configuration.batchBytesLimit,
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
      let done = await self.consume(messages)
      if done == messages.count {
        self.configuration.crashPoints.reach("\(self.parked.consumer).applied")
      }
      return done
    }
  }
}

extension Error {
  /// Whether the database was away, which says nothing about the event.
  ///
  /// What ran into `statement_timeout` may be the event's fault: half of a batch takes half the time, and an event that
  /// takes too long alone, however often, must not hold up all others.
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
  /// The most records that one transaction applies, and whose offsets are committed together.
  public var batchLimit = 256
  /// The most bytes that those records have, with their keys and headers; a record that has more is applied by itself.
  ///
  /// Far more than so many usual events have, and four of the largest that are published.
  public var batchBytesLimit = 4 * 1024 * 1024
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
