internal import CRDKafka
import Foundation
public import Logging
import Synchronization

/// A Kafka cluster inside this process, for development and tests: librdkafka's own mock cluster.
///
/// It listens on 127.0.0.1 at ports of its own choice and keeps all records in memory, about 5 MB a
/// partition: older ones are dropped silently. It knows producers, consumers, groups and offsets,
/// but not the admin API, so its topics are made here. Everything is lost when it goes away, which
/// is the point: a platform that survives this survives worse brokers than it will meet.
///
/// Its sockets are those of a thread apart (``SeparateThread``): processes that are started meanwhile hold no port
/// of a broker that goes down.
public final class MockCluster: Sendable {
  private let handles: Mutex<HandleBox?>
  private let thread: SeparateThread

  /// The brokers' addresses, `host:port[,host:port…]`.
  public let address: String

  /// Starts brokers and makes topics.
  ///
  /// - Parameters:
  ///   - brokers: how many brokers listen. At least 1.
  ///   - topics: names and numbers of partitions.
  public init(
    brokers: Int = 1, topics: [String: Int] = [:], logger: Logger = Logger(label: "kafka.mock")
  ) throws(KafkaError) {
    let thread = try SeparateThread(name: "kafka-mock")
    self.thread = thread
    let box: HandleBox
    do {
      box = try thread.perform {
        Result { () throws(KafkaError) in try HandleBox(brokers: brokers, logger: logger) }
      }.get()
    } catch {
      thread.end()
      throw error
    }
    address = box.address
    handles = Mutex(box)
    for (name, partitions) in topics { try createTopic(name, partitions: partitions) }
  }

  deinit { stop() }

  /// Makes a topic.
  public func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
    let result = withCluster { rd_kafka_mock_topic_create($0, name, Int32(partitions), 1) }
    guard let result else { throw .clientIsClosed }
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(result, doing: "create topic \(name)")
    }
  }

  /// Breaks every connection and refuses new ones, keeping the records and the ports.
  public func setDown() {
    handles.withLock { box in
      guard let current = box else { return }
      _ = thread.perform { rd_kafka_mock_broker_set_down(current.cluster, -1) }
      box?.held = ports.compactMap { HeldPort($0) }
    }
  }

  /// Accepts connections again.
  ///
  /// - Throws: `.wrongState` when somebody has taken a port meanwhile; librdkafka would end the process.
  public func setUp() throws(KafkaError) {
    let taken = handles.withLock { box -> UInt16? in
      guard let current = box, let held = current.held else { return nil }
      let holds = ports.map { port in held.first { $0.port == port } ?? HeldPort(port) }
      guard let free = holds.firstIndex(where: { $0 == nil }) else {
        withExtendedLifetime(holds) {
          _ = thread.perform { rd_kafka_mock_broker_set_up(current.cluster, -1) }
        }
        box?.held = nil
        return nil
      }
      return ports[free]
    }
    if let taken {
      throw KafkaError(.wrongState, "port \(taken) of the mock cluster was taken while it was down")
    }
  }

  private var ports: [UInt16] {
    address.split(separator: ",").compactMap {
      $0.split(separator: ":").last.flatMap { UInt16($0) }
    }
  }

  /// Delays every answer.
  public func setRoundTrip(_ delay: Duration) {
    withCluster { rd_kafka_mock_broker_set_rtt($0, -1, delay.milliseconds) }
  }

  /// Makes the next requests of a kind fail.
  ///
  /// - Parameter apiKey: the Kafka protocol's number of the request: 0 is Produce, 1 is Fetch.
  public func failNext(apiKey: Int16, with codes: [KafkaError.Code]) {
    let errors = codes.map { rd_kafka_resp_err_t(rawValue: $0.rawValue) }
    withCluster { rd_kafka_mock_push_request_errors_array($0, apiKey, errors.count, errors) }
  }

  /// Writes the address to a file that clients read, atomically: a reader sees the old address or
  /// the new one.
  public func publishAddress(to path: String) throws {
    try Data("\(address)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Ends the brokers.
  ///
  /// All records are lost. Blocks until their threads have ended.
  public func stop() {
    let box = handles.withLock { box in
      defer { box = nil }
      return box
    }
    guard let box else { return }
    thread.perform { box.destroy() }
    thread.end()
  }

  /// - Returns: nil when the cluster has ended.
  @discardableResult
  private func withCluster<R: Sendable>(
    _ body: @escaping @Sendable (OpaquePointer) -> R
  ) -> R? {
    handles.withLock { box in
      box.map { box in thread.perform { body(box.cluster) } }
    }
  }
}

/// The cluster and the client that hosts it.
private struct HandleBox: @unchecked Sendable {
  // Sendable: used on the cluster's thread, by one caller at a time, under the mutex of MockCluster.
  let client: OpaquePointer
  let cluster: OpaquePointer
  let events: ClientEvents
  /// The ports of brokers that are down; nil while they are up.
  var held: [HeldPort]?

  init(brokers: Int, logger: Logger) throws(KafkaError) {
    let configuration = ClientConfiguration()
    try configuration.set("client.id", "mock-cluster")
    events = ClientEvents(logger: logger)
    client = try ClientFactory.make(
      RD_KAFKA_PRODUCER, configuration: configuration, events: events)
    guard let cluster = rd_kafka_mock_cluster_new(client, Int32(brokers)) else {
      rd_kafka_destroy(client)
      Unmanaged.passUnretained(events).release()
      throw KafkaError(.wrongState, "the mock cluster could not listen on 127.0.0.1")
    }
    self.cluster = cluster
  }

  /// Owned by the cluster; copied here.
  var address: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

  func destroy() {
    // The cluster uses the client, so it goes first.
    rd_kafka_mock_cluster_destroy(cluster)
    rd_kafka_destroy(client)
    Unmanaged.passUnretained(events).release()
  }
}
