import Kafka
import Logging
import Synchronization

/// Hands out a producer that is good for the brokers as they are now.
///
/// A producer ends when it fails for good, or when the brokers' address changes: it is closed and
/// another made. What is on its way then fails within ``addressInterval``: its acknowledgement would be waited for in
/// vain. One caller at a time should publish where order matters.
final class ProducerSource: Sendable {
  private let connection: KafkaConnection
  private let limits: KafkaProducer.Configuration
  private let current = Mutex<KafkaProducer?>(nil)

  init(
    _ connection: KafkaConnection, _ limits: KafkaProducer.Configuration = .init()
  ) {
    self.connection = connection
    self.limits = limits
  }

  /// The producer to use, and whether it is a new one: what was true of the broker may not be now.
  ///
  /// - Throws: ``KafkaError/Code/noAddress`` while nobody knows where the brokers are.
  func producer() async throws(KafkaError) -> (producer: KafkaProducer, isNew: Bool) {
    let address = try connection.brokers.resolve()
    if let producer = current.withLock({ $0 }) {
      if producer.address == address, producer.fatalError == nil { return (producer, false) }
      await discard(producer)
    }
    let fresh = try KafkaProducer(connection, limits)
    // Two callers may have come here at once; the first to store wins.
    let kept = current.withLock { current in
      if let current { return current }
      current = fresh
      return fresh
    }
    if kept === fresh { endOnceMoved(fresh) } else { await fresh.close(limit: .zero) }
    return (kept, true)
  }

  /// Looks from time to time whether the brokers have another address, and ends the producer then.
  private func endOnceMoved(_ producer: KafkaProducer) {
    Task { [weak self] in
      while let source = self, source.current.withLock({ $0 === producer }) {
        let address = try? source.connection.brokers.resolve()
        if let address, address != producer.address { return await source.discard(producer) }
        try await Task.sleep(for: Self.addressInterval)
      }
    }
  }

  /// Ends a producer: what is not acknowledged within the limit fails.
  func discard(_ producer: KafkaProducer, limit: Duration = .zero) async {
    current.withLock { if $0 === producer { $0 = nil } }
    await producer.close(limit: limit)
  }

  /// Ends the producer, giving what it holds some time to be acknowledged.
  func close(limit: Duration) async {
    let producer = current.withLock { current in
      defer { current = nil }
      return current
    }
    await producer?.close(limit: limit)
  }

  /// How soon it is noticed that the brokers have another address.
  private static let addressInterval: Duration = .milliseconds(500)
}
