/// A point in time: microseconds since 1970-01-01T00:00:00Z, which is what PostgreSQL keeps.
@frozen public struct Instant: Hashable, Sendable {
  /// Microseconds since the epoch, negative before it.
  public let microseconds: Int64

  /// Takes microseconds since the epoch.
  @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The start of 1970, UTC.
  public static let epoch = Instant(microseconds: 0)

  /// Whole seconds since the epoch, rounded towards the past.
  public var seconds: Int64 { microseconds.flooredQuotient(1_000_000) }
  /// Microseconds after `seconds`, within `0 ..< 1_000_000`.
  public var microsecondsOfSecond: Int64 { microseconds - seconds * 1_000_000 }
  /// Whole milliseconds since the epoch, rounded towards the past.
  public var milliseconds: Int64 { microseconds.flooredQuotient(1000) }

  /// The instant `duration` later, its part below a microsecond dropped; traps on overflow.
  public static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(microseconds: instant.microseconds + duration.wholeMicroseconds)
  }

  /// The instant `duration` earlier, its part below a microsecond dropped; traps on overflow.
  public static func - (instant: Instant, duration: Duration) -> Instant {
    Instant(microseconds: instant.microseconds - duration.wholeMicroseconds)
  }

  /// The time from `earlier` to `later`.
  public static func - (later: Instant, earlier: Instant) -> Duration {
    .microseconds(later.microseconds - earlier.microseconds)
  }
}

extension Instant: Comparable {
  /// Orders by time.
  @inlinable public static func < (left: Instant, right: Instant) -> Bool {
    left.microseconds < right.microseconds
  }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC with as many fraction digits as needed (0, 3 or 6).
  public var description: String {
    let fraction = microsecondsOfSecond
    let date = CivilDateTime(secondsSinceEpoch: seconds).description
    if fraction == 0 { return date + "Z" }
    if fraction % 1000 == 0 { return "\(date).\((fraction / 1000).padded(to: 3))Z" }
    return "\(date).\(fraction.padded(to: 6))Z"
  }
}

extension Duration {
  fileprivate var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}

extension Int64 {
  /// The quotient rounded towards minus infinity, for a positive divisor.
  func flooredQuotient(_ divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The digits of a non-negative number with leading zeros.
  func padded(to width: Int) -> String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}
