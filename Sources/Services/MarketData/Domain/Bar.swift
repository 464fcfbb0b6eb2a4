public import Core

/// What a symbol did in one trading day.
public struct Bar: Hashable, Sendable {
  /// Whose.
  public let symbol: Symbol
  /// When.
  public let day: TradingDay
  /// The first price.
  public let open: Decimal
  /// The highest price.
  public let high: Decimal
  /// The lowest price.
  public let low: Decimal
  /// The last price.
  public let close: Decimal
  /// Units traded.
  public let volume: Int64

  /// Checks that the prices can have happened: 0 < low <= open, close <= high.
  public init(
    symbol: Symbol, day: TradingDay, open: Decimal, high: Decimal, low: Decimal, close: Decimal,
    volume: Int64
  ) throws(BarError) {
    guard low.isPositive else { throw .notPositive(low) }
    guard low <= open, low <= close else {
      throw .outsideRange(min(open, close), low: low, high: high)
    }
    guard open <= high, close <= high else {
      throw .outsideRange(max(open, close), low: low, high: high)
    }
    guard volume >= 0 else { throw .negativeVolume(volume) }
    self.symbol = symbol
    self.day = day
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }
}

/// Why four prices and a volume are not a bar.
public enum BarError: Error, Hashable, Sendable {
  /// The low is zero or below.
  case notPositive(Decimal)
  /// Open or close lies outside low...high.
  case outsideRange(Decimal, low: Decimal, high: Decimal)
  /// Less than nothing was traded.
  case negativeVolume(Int64)
}

extension BarError: CustomStringConvertible {
  /// The broken rule and the values that broke it.
  public var description: String {
    switch self {
    case .notPositive(let low): "low \(low) is not positive"
    case .outsideRange(let price, let low, let high): "\(price) lies outside \(low)...\(high)"
    case .negativeVolume(let volume): "volume \(volume) is negative"
    }
  }
}
