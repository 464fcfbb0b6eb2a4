public import Events
public import Kafka
public import Logging
public import Protobuf
import Synchronization

/// Reads all partitions of a topic in every replica and hands each event to whoever subscribed to
/// its key.
///
/// A subscriber sees each event of its key once, in the order of the sequence, whatever the broker
/// does: repeated events are dropped, missing ones read from the ``EventHistory``, also after the
/// broker came back empty or at another address.
public final class EventBroadcast<Event: Message>: Sendable {
  private let topic: Topic<Event>
  private let reader: TopicReader
  private let history: EventHistory<Event>
  private let bufferLimit: Int
  private let logger: Logger
  private let subscriptions = Mutex(Subscriptions())

  private struct Subscriptions {
    var byKey: [String: [ObjectIdentifier: Weak]] = [:]
    var haveEnded = false
  }

  /// Holds a subscription only as long as its reader does.
  private struct Weak: Sendable {
    weak let subscription: EventSubscription<Event>?
  }

  /// A broadcast of a topic; ``run()`` starts it.
  ///
  /// - Parameter bufferLimit: the most events held for one subscriber. At least 1.
  public init(
    _ topic: Topic<Event>, connection: KafkaConnection, history: EventHistory<Event>,
    bufferLimit: Int = 256, logger: Logger
  ) {
    precondition(bufferLimit >= 1, "bufferLimit must be at least 1, not \(bufferLimit)")
    self.topic = topic
    self.reader = TopicReader(topic: topic.name, connection: connection, logger: logger)
    self.history = history
    self.bufferLimit = bufferLimit
    self.logger = logger
  }

  /// Events of a key from now on, until the subscription is released.
  public func subscribe(to key: String) -> EventSubscription<Event> {
    let subscription = EventSubscription(
      key: key, limit: bufferLimit, history: history, logger: logger
    ) { [weak self] in self?.remove($0, key) }
    let hasEnded = subscriptions.withLock { all in
      all.byKey[key, default: [:]][ObjectIdentifier(subscription)] = Weak(
        subscription: subscription)
      return all.haveEnded
    }
    if hasEnded { subscription.end() }
    return subscription
  }

  private func remove(_ subscription: ObjectIdentifier, _ key: String) {
    subscriptions.withLock { all in
      all.byKey[key]?[subscription] = nil
      if all.byKey[key]?.isEmpty == true { all.byKey[key] = nil }
    }
  }

  /// Reads until the task is cancelled; then ends the subscriptions, also those made later.
  public func run() async {
    await reader.run { event in
      switch event {
      case .opened:
        for subscription in self.allSubscriptions { subscription.noteMissed() }
      case .messages(let messages):
        for message in messages { self.deliver(message) }
      }
    }
    subscriptions.withLock { $0.haveEnded = true }
    for subscription in allSubscriptions { subscription.end() }
  }

  private var allSubscriptions: [EventSubscription<Event>] {
    subscriptions.withLock { $0.byKey.values.flatMap { $0.values.compactMap(\.subscription) } }
  }

  private func deliver(_ message: KafkaMessage) {
    let key = EventRecord.key(of: message)
    let readers = subscriptions.withLock { all in
      all.byKey[key].map { $0.values.compactMap(\.subscription) } ?? []
    }
    // The usual event has no reader here, and is not decoded.
    guard !readers.isEmpty else { return }
    do {
      let event = try EventRecord.decode(message, of: topic)
      for reader in readers { reader.offer(event) }
    } catch {
      logger.error(
        "event is not readable", error: error,
        metadata: [
          "topic": "\(message.topic)", "partition": "\(message.partition)",
          "offset": "\(message.offset)",
        ])
    }
  }
}
