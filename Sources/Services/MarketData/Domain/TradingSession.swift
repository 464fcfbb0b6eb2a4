import Core

/// The hours of one trading day, and how finely the replay divides them into steps.
///
/// The market is open from 14:30 to 21:00 UTC every day: 09:30 to 16:00 in New York, whose daylight
/// saving time is left out so that market time has no jumps. Between two sessions no time passes
/// for the replay.
public struct TradingSession: Hashable, Sendable {
  /// How many steps a session has; in each step every symbol ticks once.
  public let stepCount: Int
  /// The market time of one step.
  public let stepLength: Duration

  /// 14:30 UTC.
  public static let opening = Duration.seconds(14 * 3600 + 30 * 60)
  /// Six hours and a half.
  public static let length = Duration.seconds(6 * 3600 + 30 * 60)

  /// Four steps a minute: 1,560 in a session.
  public static let standard = TradingSession(stepCount: 1560)

  /// Divides the session into equal steps.
  ///
  /// - Precondition: `stepCount` is at least 4, which a path needs, and divides the session into
  ///   whole microseconds.
  public init(stepCount: Int) {
    precondition(stepCount >= PricePath.minCount, "a session needs \(PricePath.minCount) steps")
    let microseconds = Int(Self.length.components.seconds) * 1_000_000
    precondition(microseconds % stepCount == 0, "a step must last whole microseconds")
    self.stepCount = stepCount
    stepLength = .microseconds(microseconds / stepCount)
  }

  /// When a step of `day` starts.
  func start(of slot: Int, on day: TradingDay) -> Instant {
    day.start + Self.opening + stepLength * slot
  }
}
