import TradingDomain

extension Symbol {
  /// Reads a filter by symbol, nil for all symbols; the contract has checked its form.
  init?(filter text: String) {
    guard !text.isEmpty else { return nil }
    self.init(rawValue: text)
  }
}
