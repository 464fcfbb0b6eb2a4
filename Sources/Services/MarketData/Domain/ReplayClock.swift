public import Core

/// Says which step of a replay is due: market time runs `speed` times as fast as the wall clock.
public struct ReplayClock: Hashable, Sendable {
  /// How many seconds of market time pass in a second.
  public let speed: Int
  /// The step due at `startedAt`.
  public let firstStep: Int64
  /// When the replay started, or went on after a pause.
  public let startedAt: Instant
  private let stepMicroseconds: Int64

  /// The slowest and fastest replay.
  public static let speeds = 1...10_000

  /// Starts the clock.
  ///
  /// - Precondition: `speed` is within `ReplayClock.speeds`.
  public init(session: TradingSession, speed: Int, firstStep: Int64, startedAt: Instant) {
    precondition(Self.speeds.contains(speed), "speed \(speed) is not within \(Self.speeds)")
    self.speed = speed
    self.firstStep = firstStep
    self.startedAt = startedAt
    let (seconds, attoseconds) = session.stepLength.components
    stepMicroseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }

  /// The time at which `step` is due.
  ///
  /// Computed from the start, so that rounding never adds up.
  public func time(of step: Int64) -> Instant {
    startedAt + .microseconds((step - firstStep) * stepMicroseconds / Int64(speed))
  }

  /// How many steps are due by `now`, the first one included; zero before the start.
  public func stepsDue(at now: Instant) -> Int64 {
    guard now >= startedAt else { return 0 }
    // The inverse of time(of:), which rounds down: step s is due once s·length <= elapsed·speed
    // holds for the elapsed time rounded up to the next microsecond.
    let elapsed = now.microseconds - startedAt.microseconds
    return ((elapsed + 1) * Int64(speed) - 1) / stepMicroseconds + 1
  }
}
