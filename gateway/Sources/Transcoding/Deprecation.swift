public import Core

/// Since when an operation is deprecated, and how long it is offered.
///
///     Deprecation(since: "2026-11-01", sunset: "2027-05-01", link: "/docs")
public struct Deprecation: Sendable, Hashable {
  /// When it became deprecated, or will.
  public let since: Instant
  /// From when on it may be gone; nil where that is not known yet.
  public let sunset: Instant?
  /// Where clients read what takes its place.
  public let link: String?

  /// Names days of UTC, as `2026-11-01`.
  ///
  /// - Precondition: The days are days: the generator refuses others.
  public init(since: String, sunset: String? = nil, link: String? = nil) {
    self.since = Self.start(of: since)
    self.sunset = sunset.map(Self.start)
    self.link = link
  }

  private static func start(of day: String) -> Instant {
    let parts = day.split(separator: "-").compactMap { Int64($0) }
    precondition(parts.count == 3, "\(day) is no day")
    let date = CivilDateTime(year: parts[0], month: parts[1], day: parts[2])
    precondition(date.isValid, "\(day) is no day")
    return Instant(microseconds: date.secondsSinceEpoch * 1_000_000)
  }
}
