internal import Synchronization

/// When the pool's next work is due, where calls can look without a lock.
final class DueTime: Sendable {
  private let start: ContinuousClock.Instant
  /// Milliseconds since `start`.
  private let time = Atomic(0)
  private let isUrgent = Atomic(false)

  /// Due at once.
  init(at start: ContinuousClock.Instant) { self.start = start }

  /// Whether there is work.
  func hasCome(at now: ContinuousClock.Instant) -> Bool {
    milliseconds(to: now) >= time.load(ordering: .relaxed)
  }

  /// The work that is known is due then; nil for none.
  func set(_ due: ContinuousClock.Instant?) {
    time.store(due.map { milliseconds(to: $0) + 1 } ?? .max, ordering: .sequentiallyConsistent)
    // What became urgent before that is not pushed back, and what becomes so later comes after it.
    if isUrgent.load(ordering: .sequentiallyConsistent) { time.store(0, ordering: .relaxed) }
  }

  /// There is something to look at, now.
  func makeUrgent() {
    isUrgent.store(true, ordering: .sequentiallyConsistent)
    time.store(0, ordering: .sequentiallyConsistent)
  }

  /// Whether something has become urgent since the last time.
  func takeUrgency() -> Bool {
    // Nearly always not so.
    guard isUrgent.load(ordering: .relaxed) else { return false }
    return isUrgent.exchange(false, ordering: .sequentiallyConsistent)
  }

  private func milliseconds(to instant: ContinuousClock.Instant) -> Int {
    let (seconds, attoseconds) = start.duration(to: instant).components
    return Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}
