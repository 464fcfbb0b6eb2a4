// The one place where Core needs the system: the standard library has no clock that tells the date.
#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// The machine's clock.
public struct SystemClock: Clock {
  /// There is one machine and one clock.
  public init() {}

  /// The time of day by `CLOCK_REALTIME`, which may be set back.
  public var now: Instant {
    var time = timespec()
    let result = clock_gettime(CLOCK_REALTIME, &time)
    precondition(result == 0, "CLOCK_REALTIME is always there and its argument valid")
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
