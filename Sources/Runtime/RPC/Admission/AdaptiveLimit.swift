/// How many calls work well at once: found as TCP finds its window, by additive increase and
/// multiplicative decrease.
///
/// What is too many cannot be configured: it depends on the machine, on the database behind it and on the
/// day. It shows in the time that calls take. A call that took longer than its target, half the time that
/// the contract gives it, says that there were too many; one that was in time, while the limit was in use,
/// that there may be more. The measure is the contract's deadline and not the caller's: a caller in a hurry
/// must not make the server small for all.
struct AdaptiveLimit: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// What is left of the number of calls at work when that was too many: a call that took twice as long as
  /// it should says that half of them would have been right (Little's law), within these bounds.
  static let decrease = 0.5...0.9
  /// Where the limit begins; it doubles in the time of a call until the first one is late.
  static let initial = 64
  /// The limit is never below this: a few slow calls are no overload.
  static let minimum = 16
  /// What a method without a deadline is held to.
  static let defaultTarget: Duration = .milliseconds(500)

  private let maximum: Double
  private let minimum: Double
  private var value: Double
  private var lastDecrease: Instant?

  init(maximum: Int, initial: Int = Self.initial) {
    self.maximum = Double(maximum)
    self.minimum = Double(min(Self.minimum, maximum))
    self.value = Double(min(initial, maximum))
  }

  /// How many calls may be at work.
  var calls: Int { Int(self.value) }

  /// Whether the times of so many calls say anything: a few are never too many.
  func isMeasured(among count: Int) -> Bool { count > Int(self.minimum) / 2 }

  /// A call has ended.
  ///
  /// - Parameters:
  ///   - began: When it was admitted.
  ///   - target: How long it should have taken at most.
  ///   - count: How many were at work until now, this one among them.
  ///   - succeeded: Whether it ended well: failures are quick, and say nothing of room for more.
  mutating func callEnded(
    began: Instant, at now: Instant, target: Duration, among count: Int, succeeded: Bool
  ) {
    let time = began.duration(to: now)
    if time > target {
      // One that began before the last decrease tells of the limit of that time.
      if let last = self.lastDecrease, began <= last { return }
      self.lastDecrease = now
      // Of what was at work and not of what might have been: a limit far above the need is found at once.
      let share = min(max(target / time, Self.decrease.lowerBound), Self.decrease.upperBound)
      self.value = max(self.minimum, min(self.value, Double(count)) * share)
    } else if succeeded, Double(count) * 2 > self.value {
      let increase = self.lastDecrease == nil ? 1 : 1 / self.value
      self.value = min(self.maximum, self.value + increase)
    }
  }

  /// How long a call of a method should take at most.
  static func target(of method: MethodDescriptor) -> Duration {
    method.deadline.map { $0 / 2 } ?? self.defaultTarget
  }
}
