internal import CRDKafka
import Synchronization

/// Publishes records to a Kafka cluster.
///
/// Every acknowledgement means that all in-sync replicas hold the record. Within a partition records
/// keep the order they were published in, also across retries: the producer is idempotent, and any
/// error that would leave a gap ends it (``KafkaError/isFatal``) rather than let a later record pass
/// an earlier one. Make a new producer then.
///
/// At most ``Configuration/recordsLimit`` records are held; who publishes more waits.
public final class KafkaProducer: Sendable {
  /// The limits of a producer.
  public struct Configuration: Sendable {
    /// The most records held at once, sent or not.
    ///
    /// 1 to 100,000.
    public var recordsLimit = 10_000
    /// The largest record, headers included, in bytes.
    public var recordBytesLimit = 1_000_000
    /// How long a record waits for its acknowledgement before it fails.
    public var deliveryTimeout: Duration = .seconds(30)
    /// How long a record waits for company before it is sent.
    public var linger: Duration = .milliseconds(1)

    /// The defaults.
    public init() {}
  }

  /// One outcome of a record: where it is, or why nobody knows that it is anywhere.
  public typealias Outcome = Result<KafkaDelivery, KafkaError>

  private let thread: ClientThread
  private let events: ProducerEvents
  /// rd_kafka_producev may be called from any thread as long as the client exists, which
  /// `ProducerEvents.hasEnded` guards.
  nonisolated(unsafe) private let client: OpaquePointer

  /// The list of brokers this producer was made with.
  public let address: String
  private let limits: Configuration

  /// Connects in the background; a broker that is down is tried again.
  ///
  /// - Throws: ``KafkaError/Code/noAddress`` while the brokers' address is unknown, and
  ///   ``KafkaError/Code/invalidArgument`` for a wrong property.
  public init(
    _ connection: KafkaConnection, _ limits: Configuration = Configuration()
  ) throws(KafkaError) {
    address = try connection.brokers.resolve()
    self.limits = limits
    events = ProducerEvents(
      logger: connection.logger, window: InFlightWindow(limit: limits.recordsLimit))
    let configuration = ClientConfiguration()
    try configuration.set(connection.commonProperties(address: address))
    try configuration.set([
      ("acks", "all"),
      ("enable.idempotence", "true"),
      ("enable.gapless.guarantee", "true"),
      ("partitioner", "murmur2_random"),
      ("linger.ms", "\(limits.linger.milliseconds)"),
      ("message.timeout.ms", "\(limits.deliveryTimeout.milliseconds)"),
      ("message.max.bytes", "\(limits.recordBytesLimit)"),
      // The window bounds first; this only has to be larger.
      ("queue.buffering.max.messages", "\(limits.recordsLimit + 1)"),
    ])
    events.installDeliveryReports(in: configuration)
    let client = try ClientFactory.make(
      RD_KAFKA_PRODUCER, configuration: configuration, events: events)
    self.client = client
    thread = ClientThread(
      name: "kafka-producer", client: client, queue: rd_kafka_queue_get_main(client),
      events: events,
      serve: { client in
        rd_kafka_poll(client, Self.pollMilliseconds)
        return .again
      },
      cleanUp: { [events] client in
        Self.giveUp(client, events)
        return true
      })
  }

  deinit { thread.stop() }

  /// Publishes records and waits until each is acknowledged or has failed.
  ///
  /// After a record of a key was refused at once, later records of that topic and key in the same
  /// call are not sent, so that none passes it.
  ///
  /// - Returns: one outcome a record, in their order.
  public func publish(_ records: [KafkaRecord]) async -> [Outcome] {
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(records.count)
    var rest = records[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(events.window.limit)
      rest = rest.dropFirst(chunk.count)
      outcomes += await publish(chunk: chunk)
    }
    return outcomes
  }

  /// Publishes one record and waits for its acknowledgement.
  public func publish(_ record: KafkaRecord) async throws(KafkaError) -> KafkaDelivery {
    try await publish(chunk: [record][...])[0].get()
  }

  /// Why the producer cannot go on, or nil while it can.
  public var fatalError: KafkaError? { events.fatalError }

  /// Waits until every record is answered, at most for `limit`; then gives the rest up and closes.
  ///
  /// Records given up fail with ``KafkaError/Code/purgedInQueue`` or
  /// ``KafkaError/Code/purgedInFlight``.
  public func close(limit: Duration = .seconds(5)) async {
    events.window.close()
    await withTaskGroup { group in
      group.addTask { [events] in await events.window.waitUntilEmpty() }
      group.addTask { [thread] in
        try? await Task.sleep(for: limit)
        // Purging answers what is left, which empties the window.
        thread.stop()
      }
      await group.next()
      group.cancelAll()
    }
    thread.stop()
    await thread.waitUntilEnded()
  }

  /// Offsets the broker holds of a partition.
  public func watermarks(
    of partition: KafkaPartition, timeout: Duration = .seconds(5)
  ) async throws(KafkaError) -> KafkaWatermarks {
    try await thread.perform { ClientQueries.watermarks($0, partition, timeout) }
  }

  /// The topics the cluster has, with their numbers of partitions.
  public func topics(timeout: Duration = .seconds(5)) async throws(KafkaError) -> [String: Int] {
    try await thread.perform { ClientQueries.topics($0, timeout) }
  }

  /// Runs an admin operation on the producer's thread.
  func performOnThread<R: Sendable>(
    _ body: @escaping @Sendable (OpaquePointer) -> Result<R, KafkaError>
  ) async throws(KafkaError) -> R {
    try await thread.perform(body)
  }

  private func publish(chunk: ArraySlice<KafkaRecord>) async -> [Outcome] {
    guard await events.window.acquire(chunk.count) else {
      return chunk.map { _ in .failure(.clientIsClosed) }
    }
    return await withCheckedContinuation { continuation in
      let batch = DeliveryBatch(count: chunk.count, continuation: continuation)
      events.open(batch)
      events.hasEnded.withLock { hasEnded in
        var refused: [RefusedKey: KafkaError] = [:]
        for (index, record) in chunk.enumerated() {
          let earlier =
            hasEnded ? .clientIsClosed : refused.isEmpty ? nil : refused[RefusedKey(record)]
          if let error = earlier ?? enqueue(record, batch.opaque(at: index)) {
            refused[RefusedKey(record)] = error
            events.answer(batch, index, .failure(error))
          }
        }
      }
    }
  }

  private struct RefusedKey: Hashable {
    let topic: String
    let key: [UInt8]

    init(_ record: KafkaRecord) {
      topic = record.topic
      key = record.key
    }
  }

  private func enqueue(
    _ record: KafkaRecord, _ opaque: UnsafeMutableRawPointer?
  ) -> KafkaError? {
    let headers = RecordHeaders.make(record.headers)
    let result = record.key.withUnsafeBytes { key in
      record.value.withUnsafeBytes { value in
        crdkafka_produce(
          client, record.topic, RD_KAFKA_PARTITION_UA, key.baseAddress, key.count,
          value.baseAddress, value.count, headers, opaque)
      }
    }
    guard result != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    // Refused, so the headers are still ours.
    rd_kafka_headers_destroy(headers)
    return KafkaError(result, doing: "publish to \(record.topic)")
  }

  /// Answers what nobody will acknowledge any more.
  ///
  /// On the thread, before the client is destroyed.
  private static func giveUp(_ client: OpaquePointer, _ events: ProducerEvents) {
    events.window.close()
    rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
    // The purge's delivery reports are already queued, or come from the client's own threads soon.
    for _ in 0..<giveUpPolls where events.hasOpenBatches {
      rd_kafka_poll(client, giveUpPollMilliseconds)
    }
    events.end()
  }

  private static let pollMilliseconds: Int32 = 1_000
  private static let giveUpPolls = 50
  private static let giveUpPollMilliseconds: Int32 = 20
}
