/// Which way an order trades.
public enum OrderSide: String, Hashable, Sendable, CaseIterable {
  /// To buy.
  case buy = "BUY"
  /// To sell.
  case sell = "SELL"
}

/// How an order's price is found.
public enum OrderType: String, Hashable, Sendable, CaseIterable {
  /// At the market's price, whatever it is.
  case market = "MARKET"
  /// At the limit price or better.
  case limit = "LIMIT"
}
