internal import CRDKafka
import Foundation
internal import Logging

/// What a consumer's callbacks collect between two polls.
///
/// All of it happens on the client's thread.
final class ConsumerEvents: ClientEvents, @unchecked Sendable {
  // Sendable: the state is used only on the client's thread, which all callbacks run on.
  private var pending: [KafkaConsumerEvent] = []
  /// What was taken from librdkafka and given back: the next event.
  private var putBack: KafkaMessage?
  /// Where each assigned partition was told to start.
  private var starts: [KafkaPartition: Int64] = [:]

  override func didFail(_ error: KafkaError) {
    super.didFail(error)
    pending.append(.failure(error))
  }

  /// What the callbacks brought since the last call.
  func takePending() -> [KafkaConsumerEvent] {
    defer { pending = [] }
    return pending
  }

  /// How long partitions that are assigned anew are given to stop.
  private static let settlingTime = Duration.seconds(1)
  /// When partitions were last assigned anew; nil once they have had their time.
  private var replacedAt: ContinuousClock.Instant?

  /// Reads these partitions and no others.
  func assign(_ client: OpaquePointer, _ starts: [KafkaPartition: Int64]) -> rd_kafka_resp_err_t {
    settle()
    if !self.starts.isEmpty { replacedAt = ContinuousClock.now }
    self.starts = starts
    putBack = nil
    let list = TopicPartitionList(starts.map { ($0.key, $0.value) })
    return rd_kafka_assign(client, list.pointer)
  }

  /// Waits, on the client's own thread, until partitions that were assigned anew have stopped.
  ///
  /// librdkafka 2.0.2 stops them behind the scenes, does not tell when that is done, and aborts the process
  /// (`rktp_started`) when they are taken away once more before.
  func settle() {
    guard let replacedAt else { return }
    let rest = replacedAt + Self.settlingTime - ContinuousClock.now
    if rest > .zero { Thread.sleep(forTimeInterval: rest / .seconds(1)) }
    self.replacedAt = nil
  }

  /// The next event, or nil if there is none within so many milliseconds.
  func next(_ client: OpaquePointer, wait: Int32) -> KafkaConsumerEvent? {
    if let message = putBack {
      putBack = nil
      return .message(message)
    }
    guard let message = rd_kafka_consumer_poll(client, wait) else { return nil }
    // Ours since the poll returned it; the event copies what it needs.
    defer { rd_kafka_message_destroy(message) }
    return event(message)
  }

  /// Makes a record the next event once more.
  func putBack(_ message: KafkaMessage) { putBack = message }

  /// Turns what a poll brought into an event.
  ///
  /// The message stays librdkafka's.
  private func event(_ message: UnsafePointer<rd_kafka_message_t>) -> KafkaConsumerEvent {
    let record = message.pointee
    guard record.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
      // The payload of an error is its sentence.
      let reason = rd_kafka_message_errstr(message).map { String(cString: $0) } ?? ""
      let error = KafkaError(.init(record.err), reason)
      guard let topic = record.rkt, record.partition >= 0 else { return .failure(error) }
      return .partitionStopped(
        KafkaPartition(
          topic: String(cString: rd_kafka_topic_name(topic)), partition: record.partition),
        error)
    }
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let timestamp = rd_kafka_message_timestamp(message, &kind)
    return .message(
      KafkaMessage(
        topic: String(cString: rd_kafka_topic_name(record.rkt)),
        partition: record.partition,
        offset: record.offset,
        timestampMilliseconds: kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : timestamp,
        key: record.key.map { Self.copy($0, record.key_len) },
        value: record.payload.map { Self.copy($0, record.len) },
        headers: RecordHeaders.read(message)))
  }

  private static func copy(_ start: UnsafeRawPointer, _ count: Int) -> [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }
}
