import Core

/// The open candles of every symbol and interval, folded forward tick by tick.
///
/// Ticks of one symbol must arrive in order of market time. The book holds one open candle for each
/// symbol and interval, so its size does not grow with time.
public struct CandleBook: Sendable {
  private struct Key: Hashable {
    var symbol: Symbol
    var interval: CandleInterval
  }

  private var open: [Key: Candle]

  /// Goes on from candles read back from storage; closed ones are left out.
  public init(resuming candles: [Candle] = []) {
    open = [:]
    for candle in candles where !candle.isClosed {
      open[Key(symbol: candle.symbol, interval: candle.interval)] = candle
    }
  }

  /// Folds ticks into the book; answers every candle they changed, as it stands now, the closed
  /// ones before those that replaced them.
  public mutating func fold(_ quotes: [Quote]) -> [Candle] {
    var closed: [Candle] = []
    var touched: Set<Key> = []
    for quote in quotes {
      for interval in CandleInterval.allCases {
        let key = Key(symbol: quote.symbol, interval: interval)
        touched.insert(key)
        let openTime = interval.start(containing: quote.marketTime)
        if var candle = open[key] {
          if candle.openTime == openTime {
            candle.fold(quote)
            open[key] = candle
            continue
          }
          candle.finish()
          closed.append(candle)
        }
        open[key] = Candle(quote, interval: interval)
      }
    }
    let current = touched.compactMap { open[$0] }
    return closed
      + current.sorted {
        ($0.symbol, $0.openTime, $0.interval.rawValue)
          < ($1.symbol, $1.openTime, $1.interval.rawValue)
      }
  }
}
