/// Which way an order trades.
public enum OrderSide: String, Hashable, Sendable, CaseIterable {
  /// To buy.
  case buy = "BUY"
  /// To sell.
  case sell = "SELL"
}
