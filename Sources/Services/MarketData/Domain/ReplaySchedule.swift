public import Core

/// Which steps a replay makes at a time, and how long it rests.
///
/// The pace is that of a ``ReplayClock``. A replay that falls behind makes up for a short delay and
/// lets market time lag behind a long one: what it would have to make grows with the delay, and a
/// slow machine that tried would never get out of it. A wall clock that is set does no harm either.
public struct ReplaySchedule: Sendable {
  /// The most steps made at a time.
  public static let batchLimit: Int64 = 250
  /// The longest delay that is made up for.
  public static let lagLimit: Duration = .seconds(2)
  /// The shortest rest: steps due within it are made together.
  public static let shortestPause: Duration = .milliseconds(50)

  private let session: TradingSession
  private let speed: Int
  private var clock: ReplayClock
  /// The step to be made next.
  public private(set) var nextStep: Int64
  /// How often market time was let lag.
  public private(set) var lagCount = 0

  /// Starts with `nextStep`, due now.
  ///
  /// - Precondition: `speed` is within `ReplayClock.speeds`.
  public init(session: TradingSession, speed: Int, nextStep: Int64, now: Instant) {
    self.session = session
    self.speed = speed
    self.nextStep = nextStep
    clock = ReplayClock(session: session, speed: speed, firstStep: nextStep, startedAt: now)
  }

  /// The steps to make now, at most ``batchLimit``; none while the next one is not due.
  public mutating func stepsDue(at now: Instant) -> Range<Int64> {
    let delay = now - clock.time(of: nextStep)
    if delay > Self.lagLimit || delay < .zero - stepPause - Self.lagLimit {
      clock = ReplayClock(session: session, speed: speed, firstStep: nextStep, startedAt: now)
      lagCount += 1
    }
    let count = clock.stepsDue(at: now) - (nextStep - clock.firstStep)
    return nextStep..<nextStep + min(max(count, 0), Self.batchLimit)
  }

  /// Notes that all steps before `step` are made.
  public mutating func advance(to step: Int64) { nextStep = step }

  /// How long to rest until the next step is due, at least ``shortestPause``.
  public func pause(at now: Instant) -> Duration {
    max(clock.time(of: nextStep) - now, Self.shortestPause)
  }

  /// The wall time of one step.
  private var stepPause: Duration { session.stepLength / speed }
}
