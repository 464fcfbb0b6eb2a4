public import Core

/// A calendar day on which a market trades, counted from 1970-01-01.
public struct TradingDay: Hashable, Sendable {
  /// Days since the start of 1970.
  public let daysSinceEpoch: Int64

  /// Takes a count of days.
  public init(daysSinceEpoch: Int64) { self.daysSinceEpoch = daysSinceEpoch }

  /// Reads `YYYY-MM-DD`; nil unless it names a day that exists.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
      parts[2].utf8.count == 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2])
    else { return nil }
    let date = CivilDateTime(year: year, month: month, day: day)
    guard date.isValid else { return nil }
    self.init(daysSinceEpoch: date.secondsSinceEpoch / Self.secondsPerDay)
  }

  /// The day's first instant, UTC.
  public var start: Instant {
    Instant(microseconds: daysSinceEpoch * Self.secondsPerDay * 1_000_000)
  }

  static let secondsPerDay: Int64 = 86_400
}

extension TradingDay: Comparable {
  /// Orders by time.
  public static func < (left: TradingDay, right: TradingDay) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }
}

extension TradingDay: CustomStringConvertible {
  /// `2012-05-18`.
  public var description: String {
    String(
      CivilDateTime(secondsSinceEpoch: daysSinceEpoch * Self.secondsPerDay).description.prefix(10))
  }
}
