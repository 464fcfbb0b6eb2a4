/// Milliseconds of this process, in as few bits as can be.
enum MillisecondClock {
  /// Counts round in 49 days; only differences mean something.
  typealias Time = UInt32

  /// Before any time that anyone asks for.
  private static let start = ContinuousClock.now - .seconds(24 * 3600)

  /// The time of an instant.
  static func time(of instant: ContinuousClock.Instant) -> Time {
    let (seconds, attoseconds) = start.duration(to: instant).components
    return Time(
      truncatingIfNeeded: seconds &* 1_000 &+ attoseconds / 1_000_000_000_000_000)
  }

  /// The milliseconds between two times; none if the later one is not later.
  static func milliseconds(from time: Time, to later: Time) -> UInt32 {
    let difference = later &- time
    return difference < 1 << 31 ? difference : 0
  }
}
