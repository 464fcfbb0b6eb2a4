import DequeModule
public import Events
import Logging
public import Protobuf
import Synchronization

/// The events of one key for one reader, each once, in the order of their sequence.
///
/// The buffer is bounded. A reader that falls behind it loses nothing: it reads on from the outbox,
/// at its own pace. Take the subscription first, then the snapshot, then the events after it:
///
/// ```swift
/// let subscription = broadcast.subscribe(to: account)
/// let snapshot = try await load(account)
/// for try await envelope in subscription.events(after: snapshot.sequence) { … }
/// ```
public final class EventSubscription<Event: Message>: Sendable {
  private struct State {
    var buffer: Deque<EventEnvelope<Event>> = []
    /// Events passed that the buffer does not hold.
    var hasMissed = false
    /// The last sequence that was dropped for want of room.
    var dropped: Int64 = 0
    var isEnded = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  let key: String
  private let limit: Int
  private let history: EventHistory<Event>
  private let logger: Logger
  private let didEnd: @Sendable (ObjectIdentifier) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - limit: the most events buffered.
  ///   - didEnd: called with the subscription's identity when nobody reads any more.
  init(
    key: String, limit: Int, history: EventHistory<Event>, logger: Logger,
    didEnd: @escaping @Sendable (ObjectIdentifier) -> Void = { _ in }
  ) {
    self.key = key
    self.limit = limit
    self.history = history
    self.logger = logger
    self.didEnd = didEnd
  }

  deinit { didEnd(ObjectIdentifier(self)) }

  /// The events after a sequence.
  ///
  /// One iteration a subscription; it ends when the task is cancelled or the broadcast stops.
  public func events(after sequence: Int64) -> Events {
    Events(subscription: self, last: sequence)
  }

  /// The sequence of events.
  public struct Events: AsyncSequence, Sendable {
    /// An event with its headers.
    public typealias Element = EventEnvelope<Event>

    let subscription: EventSubscription<Event>
    let last: Int64

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator {
      Iterator(subscription: subscription, last: last)
    }

    /// Reads one event after another.
    public struct Iterator: AsyncIteratorProtocol {
      let subscription: EventSubscription<Event>
      var last: Int64
      /// Read from the history, not yet returned.
      var pending: Deque<EventEnvelope<Event>> = []

      /// The next event, or nil at the end.
      public mutating func next() async throws -> EventEnvelope<Event>? {
        while !Task.isCancelled {
          if let event = pending.popFirst() {
            guard event.headers.sequence > last else { continue }
            last = event.headers.sequence
            return event
          }
          switch await subscription.take(after: last) {
          case .event(let event):
            if event.headers.sequence > 0 { last = event.headers.sequence }
            return event
          case .missed(let dropped):
            pending = Deque(try await subscription.missed(after: last, through: dropped))
          case .hole(let next):
            let found = try await subscription.hole(after: last, before: next)
            // What cannot be found is passed over, or the reader would wait for ever.
            if found.isEmpty { last = next - 1 } else { pending = Deque(found) }
          case .end: return nil
          }
        }
        return nil
      }
    }
  }

  // MARK: - Offering

  /// Adds an event; drops all for the history when there is no room.
  func offer(_ event: EventEnvelope<Event>) {
    wake { state in
      if state.buffer.count < limit {
        state.buffer.append(event)
      } else {
        for lost in state.buffer { state.dropped = max(state.dropped, lost.headers.sequence) }
        state.dropped = max(state.dropped, event.headers.sequence)
        state.buffer.removeAll(keepingCapacity: true)
        state.hasMissed = true
      }
    }
  }

  /// Tells the reader that events may have passed unseen.
  func noteMissed() { wake { $0.hasMissed = true } }

  /// Ends the iteration once it has returned what is buffered.
  func end() { wake { $0.isEnded = true } }

  private func wake(_ change: (inout State) -> Void) {
    let waiter = state.withLock { state in
      change(&state)
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  // MARK: - Taking

  enum Step {
    case event(EventEnvelope<Event>)
    /// Events passed, among them those up to a sequence that had no room; the history has them.
    case missed(through: Int64)
    /// The next event at hand is this one, and others belong before it.
    case hole(next: Int64)
    case end
  }

  /// Waits until there is something to do for a reader who has all up to `last`.
  func take(after last: Int64) async -> Step {
    while true {
      if let step = state.withLock({ Self.step(&$0, last) }) { return step }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let isNeeded = state.withLock { state in
            guard state.buffer.isEmpty, !state.hasMissed, !state.isEnded, !Task.isCancelled else {
              return false
            }
            precondition(state.waiter == nil, "one iteration a subscription")
            state.waiter = continuation
            return true
          }
          if !isNeeded { continuation.resume() }
        }
      } onCancel: {
        wake { $0.isEnded = true }
      }
    }
  }

  private static func step(_ state: inout State, _ last: Int64) -> Step? {
    while let event = state.buffer.first {
      let sequence = event.headers.sequence
      if sequence > last + 1 { return .hole(next: sequence) }
      state.buffer.removeFirst()
      // Zero: events of this topic are not counted. At or below `last`: told before.
      if sequence == 0 || sequence > last { return .event(event) }
    }
    if state.hasMissed {
      state.hasMissed = false
      return .missed(through: state.dropped)
    }
    return state.isEnded ? .end : nil
  }

  // MARK: - History

  /// Events after `last`; asks for more next time where there may be more.
  ///
  /// Those up to `dropped` have come from the broker, which may be known before the outbox says that
  /// they are published; of later ones only the published.
  func missed(
    after last: Int64, through dropped: Int64
  ) async throws -> [EventEnvelope<Event>] {
    if dropped > last {
      let events = try await hole(after: last, before: dropped + 1)
      if !events.isEmpty {
        state.withLock { $0.hasMissed = true }
        return events
      }
    }
    let events = try await patiently { try await $0.read(self.key, last, nil, self.limit) }
    if events.count == limit { state.withLock { $0.hasMissed = true } }
    return events
  }

  /// The events between `last` and `next`; empty if the first of them is not there.
  func hole(after last: Int64, before next: Int64) async throws -> [EventEnvelope<Event>] {
    let events = try await patiently { try await $0.read(self.key, last, next, self.limit) }
    if events.isEmpty {
      logger.warning(
        "events are missing",
        metadata: ["key": "\(key)", "after": "\(last)", "before": "\(next)"])
    }
    return events
  }

  /// Asks the history until it answers: a reader outlives an outage of the database.
  private func patiently<R>(
    _ body: (EventHistory<Event>) async throws -> R
  ) async throws -> R {
    var backoff = Backoff()
    while true {
      do {
        return try await body(history)
      } catch let error as EventDecodingError {
        // It would be as unreadable the next time.
        throw error
      } catch {
        try Task.checkCancellation()
        logger.warning("history is not readable", error: error, metadata: ["key": "\(key)"])
        await backoff.wait()
      }
    }
  }
}
