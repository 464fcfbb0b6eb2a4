public import Core

/// The length of a candle.
public enum CandleInterval: String, Hashable, Sendable, CaseIterable {
  /// One minute of market time.
  case oneMinute = "1m"
  /// One hour of market time.
  case oneHour = "1h"
  /// One trading day.
  case oneDay = "1d"

  /// How long it is; all of them divide a day.
  public var length: Duration { .seconds(seconds) }

  private var seconds: Int64 {
    switch self {
    case .oneMinute: 60
    case .oneHour: 3600
    case .oneDay: 86_400
    }
  }

  /// When the interval that contains `time` starts: intervals are aligned to midnight UTC.
  public func start(containing time: Instant) -> Instant {
    let microseconds = seconds * 1_000_000
    let offset = time.microseconds % microseconds
    return Instant(
      microseconds: time.microseconds - (offset < 0 ? offset + microseconds : offset))
  }
}

/// What a symbol did in one interval: the fold of its ticks.
public struct Candle: Hashable, Sendable {
  /// Whose.
  public let symbol: Symbol
  /// How long.
  public let interval: CandleInterval
  /// When it starts, in market time.
  public let openTime: Instant
  /// The first price.
  public let open: Decimal
  /// The highest price.
  public private(set) var high: Decimal
  /// The lowest price.
  public private(set) var low: Decimal
  /// The last price.
  public private(set) var close: Decimal
  /// Units traded.
  public private(set) var volume: Decimal
  /// How many ticks it folds.
  public private(set) var tickCount: Int64
  /// Whether a later tick has shown that the interval is over.
  public private(set) var isClosed: Bool

  /// Takes the parts as they are: read back from storage, or from a bar.
  public init(
    symbol: Symbol, interval: CandleInterval, openTime: Instant, open: Decimal, high: Decimal,
    low: Decimal, close: Decimal, volume: Decimal, tickCount: Int64, isClosed: Bool
  ) {
    self.symbol = symbol
    self.interval = interval
    self.openTime = openTime
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
    self.tickCount = tickCount
    self.isClosed = isClosed
  }

  /// The candle of one tick alone.
  init(_ quote: Quote, interval: CandleInterval) {
    self.init(
      symbol: quote.symbol, interval: interval,
      openTime: interval.start(containing: quote.marketTime), open: quote.lastPrice,
      high: quote.lastPrice, low: quote.lastPrice, close: quote.lastPrice, volume: quote.lastSize,
      tickCount: 1, isClosed: false)
  }

  /// The day's candle of a bar from before the replay: it folds no ticks.
  public init(_ bar: Bar) {
    self.init(
      symbol: bar.symbol, interval: .oneDay, openTime: bar.day.start, open: bar.open,
      high: bar.high, low: bar.low, close: bar.close, volume: Decimal(Int(bar.volume)),
      tickCount: 0, isClosed: true)
  }

  /// Adds a later tick of the same interval.
  mutating func fold(_ quote: Quote) {
    high = max(high, quote.lastPrice)
    low = min(low, quote.lastPrice)
    close = quote.lastPrice
    volume = volume + quote.lastSize
    tickCount += 1
  }

  mutating func finish() { isClosed = true }
}
