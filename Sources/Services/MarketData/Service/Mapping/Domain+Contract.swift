import Core
import MarketDataContract
import MarketDataDomain
import Protobuf

extension Tick {
  /// The quote as it is sent.
  var message: MarketDataV1.Quote {
    .with {
      $0.symbol = quote.symbol.rawValue
      $0.sequence = quote.sequence
      $0.bidPrice = quote.bidPrice
      $0.bidSize = quote.bidSize
      $0.askPrice = quote.askPrice
      $0.askSize = quote.askSize
      $0.lastPrice = quote.lastPrice
      $0.lastSize = quote.lastSize
      $0.marketTime = Google.Timestamp(quote.marketTime)
      $0.publishedAt = Google.Timestamp(publishedAt)
    }
  }
}

extension Instrument {
  /// The instrument as it is sent.
  var message: MarketDataV1.Instrument {
    .with {
      $0.symbol = symbol.rawValue
      $0.priceIncrement = priceIncrement
      $0.lotSize = lotSize
      $0.quoteAsset = quoteAsset.rawValue
    }
  }
}

extension Candle {
  /// The candle as it is sent.
  var message: MarketDataV1.Candle {
    .with {
      $0.symbol = symbol.rawValue
      $0.interval = interval.message
      $0.openTime = Google.Timestamp(openTime)
      $0.open = open
      $0.high = high
      $0.low = low
      $0.close = close
      $0.volume = volume
      $0.tickCount = tickCount
      $0.closed = isClosed
    }
  }
}

extension CandleInterval {
  /// The interval as it is sent.
  var message: MarketDataV1.CandleInterval {
    switch self {
    case .oneMinute: .oneMinute
    case .oneHour: .oneHour
    case .oneDay: .oneDay
    }
  }

  /// The interval asked for; the contract admits no number that it does not name.
  init(_ message: MarketDataV1.CandleInterval) {
    switch message {
    case .unspecified, .unrecognized, .oneDay: self = .oneDay
    case .oneHour: self = .oneHour
    case .oneMinute: self = .oneMinute
    }
  }
}
