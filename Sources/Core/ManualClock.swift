internal import Synchronization

/// A clock that moves when told, for tests and simulations.
public final class ManualClock: Clock {
  private let microseconds: Atomic<Int64>

  /// Starts at `instant`.
  public init(_ instant: Instant = .epoch) {
    microseconds = Atomic(instant.microseconds)
  }

  /// Where the clock stands.
  public var now: Instant {
    Instant(microseconds: microseconds.load(ordering: .sequentiallyConsistent))
  }

  /// Moves the clock by `duration`, backwards if negative.
  public func advance(by duration: Duration) {
    let step = (Instant.epoch + duration).microseconds
    microseconds.add(step, ordering: .sequentiallyConsistent)
  }

  /// Puts the clock at `instant`.
  public func set(to instant: Instant) {
    microseconds.store(instant.microseconds, ordering: .sequentiallyConsistent)
  }
}
