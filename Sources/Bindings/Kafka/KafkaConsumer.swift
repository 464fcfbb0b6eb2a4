internal import CRDKafka
import Logging
import Synchronization

/// Reads records from a Kafka cluster, from the partitions that it is told.
///
/// It joins no group; but what the brokers keep of a group's progress it may read and commit, as long as the group
/// has no members. Records are fetched only as ``poll(limit:timeout:)`` asks for them, and offsets are committed
/// only by ``commit(_:)``. Where there is no offset, or the broker does not hold it, the partition stops
/// and says so, unless ``Configuration/startsAtBeginning`` says where to go on.
public final class KafkaConsumer: Sendable {
  /// The settings of a consumer.
  public struct Configuration: Sendable {
    /// The group whose offsets it reads and commits; nil for a consumer that does neither.
    public var group: String?
    /// Whether a partition for which there is no offset, or one that the broker does not hold, is read from
    /// its beginning; otherwise it stops (`auto.offset.reset`).
    ///
    /// librdkafka then goes on by itself. To assign the partition anew costs a second each time.
    public var startsAtBeginning = false
    /// The most bytes fetched ahead, all partitions together.
    public var prefetchBytesLimit = 16 * 1024 * 1024

    /// The defaults, with the offsets of a group or none.
    public init(group: String? = nil) { self.group = group }
  }

  private struct Demand {
    var limit: Int
    var bytesLimit: Int
    var deadline: ContinuousClock.Instant
    var continuation: CheckedContinuation<[KafkaConsumerEvent], Never>
  }

  private struct State {
    var demand: Demand?
    var isClosed = false
  }

  private let thread: ClientThread
  private let events: ConsumerEvents
  private let state: SharedState
  /// The list of brokers this consumer was made with.
  public let address: String

  private final class SharedState: Sendable {
    let mutex = Mutex(State())
  }

  /// Connects in the background; a broker that is down is tried again.
  ///
  /// - Throws: ``KafkaError/Code/noAddress`` while the brokers' address is unknown, and
  ///   ``KafkaError/Code/invalidArgument`` for a wrong property.
  public init(
    _ connection: KafkaConnection, _ settings: Configuration = Configuration()
  ) throws(KafkaError) {
    address = try connection.brokers.resolve()
    let events = ConsumerEvents(logger: connection.logger)
    self.events = events
    let configuration = ClientConfiguration()
    try configuration.set(connection.commonProperties(address: address))
    try configuration.set([
      ("enable.auto.commit", "false"),
      ("enable.auto.offset.store", "false"),
      ("auto.offset.reset", settings.startsAtBeginning ? "earliest" : "error"),
      ("enable.partition.eof", "false"),
      ("allow.auto.create.topics", "false"),
      ("fetch.wait.max.ms", "100"),
      ("queued.max.messages.kbytes", "\(max(1, settings.prefetchBytesLimit / 1024))"),
    ])
    // librdkafka's consumer cannot do without a group; one that never subscribes never joins it.
    try configuration.set("group.id", settings.group ?? "\(connection.clientID)-reader")
    let client = try ClientFactory.make(
      RD_KAFKA_CONSUMER, configuration: configuration, events: events)
    // Errors and logs of the client come with the records, through one queue.
    rd_kafka_poll_set_consumer(client)
    let state = SharedState()
    self.state = state
    thread = ClientThread(
      name: "kafka-consumer", client: client, queue: rd_kafka_queue_get_consumer(client),
      events: events,
      serve: { client in Self.serve(client, events, state) },
      cleanUp: { [logger = connection.logger] client in
        events.settle()
        let isClosed = Self.close(client)
        if !isClosed { logger.error("a Kafka consumer was given up that did not close") }
        Self.endDemand(state)
        return isClosed
      })
  }

  /// Closes, and serves the callbacks that belong to it.
  ///
  /// With a coordinator that is gone, librdkafka 2.0.2 was seen to wait for ever, and whoever waited for the consumer
  /// with it.
  ///
  /// - Returns: Whether it is done.
  private static func close(_ client: OpaquePointer) -> Bool {
    let queue = rd_kafka_queue_get_consumer(client)
    defer { rd_kafka_queue_destroy(queue) }
    if let error = rd_kafka_consumer_close_queue(client, queue) {
      // Closed already, or broken for good: there is nothing to wait for.
      rd_kafka_error_destroy(error)
      return true
    }
    let end = ContinuousClock.now + closingLimit
    while rd_kafka_consumer_closed(client) == 0 {
      guard .now < end else { return false }
      if let message = rd_kafka_consumer_poll(client, closingPoll) {
        rd_kafka_message_destroy(message)
      }
    }
    return true
  }

  /// How long closing may take.
  private static let closingLimit: Duration = .seconds(10)
  /// How many milliseconds one look takes at most whether it is done.
  private static let closingPoll: Int32 = 100

  deinit { thread.stop() }

  /// Reads these partitions, and no others, from these offsets.
  public func assign(_ positions: [KafkaPartition: KafkaOffset]) async throws(KafkaError) {
    try await thread.perform { [events] client -> Result<Void, KafkaError> in
      .from(events.assign(client, positions.mapValues(\.rawOffset)), "assign")
    }
  }

  /// Waits for events: returns as soon as there is one, with what else is there already.
  ///
  /// One poll at a time. Returns nothing when the time is over, the task is cancelled or the
  /// consumer is closed.
  ///
  /// - Parameters:
  ///   - limit: the most events returned. At least 1.
  ///   - bytesLimit: the most bytes of the records returned (``KafkaMessage/byteCount``): the first that would be more waits
  ///     for the next poll. One that has more by itself is returned as the only one. At least 1.
  public func poll(
    limit: Int, bytesLimit: Int = .max, timeout: Duration
  ) async -> [KafkaConsumerEvent] {
    precondition(limit >= 1, "limit must be at least 1, not \(limit)")
    precondition(bytesLimit >= 1, "bytesLimit must be at least 1, not \(bytesLimit)")
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isAccepted = state.mutex.withLock { state in
          guard !state.isClosed, !Task.isCancelled else { return false }
          precondition(state.demand == nil, "a poll is already waiting")
          state.demand = Demand(
            limit: limit, bytesLimit: bytesLimit, deadline: .now + timeout,
            continuation: continuation)
          return true
        }
        if isAccepted { thread.interrupt() } else { continuation.resume(returning: []) }
      }
    } onCancel: {
      // The thread ends the demand, so that a record it has just taken is not lost.
      state.mutex.withLock { $0.demand?.deadline = .now }
      thread.interrupt()
    }
  }

  /// Commits the next offset to read of each partition, and waits for the broker's answer.
  ///
  /// - Throws: ``KafkaError/Code/timedOut`` when there is no answer in time: the offsets may have been
  ///   committed or not. librdkafka alone would wait for ever where the coordinator is gone.
  public func commit(
    _ offsets: [KafkaPartition: Int64], timeout: Duration = .seconds(10)
  ) async throws(KafkaError) {
    guard !offsets.isEmpty else { return }
    try await thread.perform { client -> Result<Void, KafkaError> in
      let list = TopicPartitionList(offsets.map { ($0.key, $0.value) })
      let answers = rd_kafka_queue_new(client)
      defer { rd_kafka_queue_destroy(answers) }
      let sent = rd_kafka_commit_queue(client, list.pointer, answers, nil, nil)
      guard sent == RD_KAFKA_RESP_ERR_NO_ERROR else { return .from(sent, "commit") }
      guard let answer = rd_kafka_queue_poll(answers, timeout.milliseconds) else {
        return .failure(KafkaError(.timedOut, "commit: no answer within \(timeout)"))
      }
      defer { rd_kafka_event_destroy(answer) }
      let result = rd_kafka_event_error(answer)
      guard result == RD_KAFKA_RESP_ERR_NO_ERROR else { return .from(result, "commit") }
      return .from(
        TopicPartitionList.firstError(in: rd_kafka_event_topic_partition_list(answer)) ?? result,
        "commit")
    }
  }

  /// Offsets the broker holds of a partition.
  public func watermarks(
    of partition: KafkaPartition, timeout: Duration = .seconds(5)
  ) async throws(KafkaError) -> KafkaWatermarks {
    try await thread.perform { ClientQueries.watermarks($0, partition, timeout) }
  }

  /// The offset behind the last record of a partition that is read here, as the broker said when records were
  /// fetched last; nil while it has not.
  public func knownEnd(of partition: KafkaPartition) -> Int64? {
    thread.ask { client in
      var low: Int64 = 0
      var high: Int64 = 0
      let result = rd_kafka_get_watermark_offsets(
        client, partition.topic, partition.partition, &low, &high)
      return result == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }
  }

  /// The next offsets to read that the group has committed; partitions of which it has none are left out.
  public func committed(
    of partitions: [KafkaPartition], timeout: Duration = .seconds(5)
  ) async throws(KafkaError) -> [KafkaPartition: Int64] {
    try await thread.perform { client -> Result<[KafkaPartition: Int64], KafkaError> in
      let list = TopicPartitionList(partitions.map { ($0, Int64(RD_KAFKA_OFFSET_INVALID)) })
      let result = rd_kafka_committed(client, list.pointer, timeout.milliseconds)
      guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
        return .failure(KafkaError(result, doing: "ask for what the group has committed"))
      }
      var offsets: [KafkaPartition: Int64] = [:]
      for element in TopicPartitionList.elements(list.pointer) where element.offset >= 0 {
        offsets[KafkaPartition(element)] = element.offset
      }
      return .success(offsets)
    }
  }

  /// The topics the cluster has, with their numbers of partitions.
  public func topics(timeout: Duration = .seconds(5)) async throws(KafkaError) -> [String: Int] {
    try await thread.perform { ClientQueries.topics($0, timeout) }
  }

  /// Closes, in its own time.
  public func beginClosing() { thread.stop() }

  /// Closes.
  public func close() async {
    thread.stop()
    await thread.waitUntilEnded()
  }

  private static func serve(
    _ client: OpaquePointer, _ events: ConsumerEvents, _ state: SharedState
  ) -> ClientThread.ServeResult {
    guard let asked = state.mutex.withLock({ $0.demand }) else { return .idle }
    var found: [KafkaConsumerEvent] = []
    var (records, bytes) = (0, 0)
    var wait = min(max(.zero, asked.deadline - .now), pollMaximum).milliseconds
    while found.count < asked.limit, bytes < asked.bytesLimit,
      let event = events.next(client, wait: wait)
    {
      if case .message(let message) = event {
        bytes += message.byteCount
        guard records == 0 || bytes <= asked.bytesLimit else {
          events.putBack(message)
          break
        }
        records += 1
      }
      found.append(event)
      wait = 0
    }
    found = events.takePending() + found
    let demand = state.mutex.withLock { state -> Demand? in
      // The deadline may have been moved by a cancellation meanwhile.
      guard let demand = state.demand, !found.isEmpty || demand.deadline <= .now else { return nil }
      state.demand = nil
      return demand
    }
    demand?.continuation.resume(returning: found)
    return .again
  }

  private static func endDemand(_ state: SharedState) {
    let demand = state.mutex.withLock { state in
      state.isClosed = true
      defer { state.demand = nil }
      return state.demand
    }
    demand?.continuation.resume(returning: [])
  }

  private static let pollMaximum: Duration = .seconds(1)
}

extension Result where Success == Void, Failure == KafkaError {
  /// A code as a result.
  static func from(_ code: rd_kafka_resp_err_t, _ context: String) -> Self {
    code == RD_KAFKA_RESP_ERR_NO_ERROR
      ? .success(()) : .failure(KafkaError(code, doing: context))
  }
}
