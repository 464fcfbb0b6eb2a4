import Glibc

/// A clock to measure spans by: it never goes back.
public enum MonotonicTime {
  /// Nanoseconds since some moment before the process began.
  public static var nanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
