import Glibc
import Synchronization

/// Named points at which a test ends the process as `kill -9` would, to show what survives.
///
/// The setting `crash.at` names one point, or one and how often it is passed before: `fill.committed:3`
/// ends the process when the point is reached for the third time. Without it nothing happens.
public struct CrashPoints: Sendable {
  private let target: Target?

  private final class Target: Sendable {
    let name: String
    let remaining: Atomic<Int>

    init(name: String, count: Int) {
      self.name = name
      remaining = Atomic(count)
    }
  }

  /// No point at all.
  public static let none = CrashPoints(target: nil)

  private init(target: Target?) { self.target = target }

  /// Reads a setting; nil unless it is `name` or `name:count` with a count of at least 1.
  public init?(_ setting: String) {
    let parts = setting.split(separator: ":", omittingEmptySubsequences: false)
    guard let name = parts.first, !name.isEmpty, parts.count <= 2 else { return nil }
    guard let count = parts.count == 2 ? Int(parts[1]) : 1, count >= 1 else { return nil }
    self.init(target: Target(name: String(name), count: count))
  }

  /// Reads the setting `crash.at`.
  public init(_ settings: inout Settings) {
    self =
      settings.value(
        "crash.at", rule: "must be a point's name, or name:count", default: CrashPoints.none,
        parse: { CrashPoints($0) }) ?? .none
  }

  /// Ends the process here and now, if this is the point that the setting names.
  ///
  /// - Parameter lastAct: What is done before the end, and only then: half of something.
  public func reach(_ name: String, lastAct: () -> Void = {}) {
    guard let target, target.name == name else { return }
    guard target.remaining.subtract(1, ordering: .relaxed).newValue == 0 else { return }
    lastAct()
    kill(getpid(), SIGKILL)
  }
}
