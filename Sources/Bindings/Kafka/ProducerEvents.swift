internal import CRDKafka
internal import Logging
import Synchronization

/// What a producer's callbacks touch: the window, the open batches, the fatal error.
final class ProducerEvents: ClientEvents, @unchecked Sendable {
  // Sendable: all state is behind mutexes.
  let window: InFlightWindow

  private struct State {
    var open: [ObjectIdentifier: DeliveryBatch] = [:]
    var fatalError: KafkaError?
  }

  private let state = Mutex(State())
  /// Whether the client may be gone.
  ///
  /// Held while records are handed over, so that it cannot go meanwhile; it also keeps the records
  /// of one call together.
  let hasEnded = Mutex(false)

  init(logger: Logger, window: InFlightWindow) {
    self.window = window
    super.init(logger: logger)
  }

  var fatalError: KafkaError? { state.withLock { $0.fatalError } }

  var hasOpenBatches: Bool { state.withLock { !$0.open.isEmpty } }

  override func didFail(_ error: KafkaError) {
    if error.isFatal { state.withLock { $0.fatalError = error } }
    super.didFail(error)
  }

  func installDeliveryReports(in configuration: borrowing ClientConfiguration) {
    configuration.withPointer { pointer in
      rd_kafka_conf_set_dr_msg_cb(pointer) { _, message, opaque in
        guard let message, let opaque, let slot = message.pointee._private else { return }
        guard let events = ClientEvents.from(opaque) as? ProducerEvents else { return }
        let record = DeliveryBatch.slot(slot)
        events.answer(record.batch, record.index, .report(message.pointee))
      }
    }
  }

  /// Keeps the batch until it is answered, so that it can be abandoned when the client ends.
  func open(_ batch: DeliveryBatch) {
    state.withLock { $0.open[ObjectIdentifier(batch)] = batch }
  }

  /// Answers one record and gives its room back.
  func answer(_ batch: DeliveryBatch, _ index: Int, _ outcome: DeliveryBatch.Outcome) {
    if batch.complete(index, outcome) {
      _ = state.withLock { $0.open.removeValue(forKey: ObjectIdentifier(batch)) }
    }
    window.release(1)
  }

  /// Fails every record librdkafka will not report any more; no record is handed over after this.
  func end() {
    hasEnded.withLock { $0 = true }
    let open = state.withLock { state in
      defer { state.open = [:] }
      return Array(state.open.values)
    }
    for batch in open { window.release(batch.abandon(.clientIsClosed)) }
  }
}

extension DeliveryBatch.Outcome {
  fileprivate static func report(_ message: rd_kafka_message_t) -> DeliveryBatch.Outcome {
    guard message.err != RD_KAFKA_RESP_ERR_NO_ERROR else {
      return .success(KafkaDelivery(partition: message.partition, offset: message.offset))
    }
    return .failure(KafkaError(message.err, doing: "deliver"))
  }
}
