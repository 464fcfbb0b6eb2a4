public import Core

/// What the paper venue plans to execute.
public struct PaperExecution: Hashable, Sendable {
  /// The order.
  public let orderID: OrderID
  /// Whose it is.
  public let accountID: AccountID
  /// What was traded.
  public let symbol: Symbol
  /// Which way.
  public let side: OrderSide
  /// How much.
  public let quantity: Quantity
  /// At what price: the quote's ask for a buyer, its bid for a seller.
  public let price: Price
  /// The quote.
  public let quoteSequence: Int64
  /// How much of the quote's size had been taken before.
  public let offset: Decimal
  /// How much the quote showed in all.
  public let shownSize: Decimal

  /// The venue's own name: which part of which side of which quote was taken.
  public var venueTradeID: String {
    "PAPER-\(symbol)-\(quoteSequence)-\(side.rawValue)-\(offset)"
  }

  /// What is to be booked of it.
  public var execution: Execution {
    Execution(
      symbol: symbol, side: side, quantity: quantity, price: price, quoteSequence: quoteSequence,
      venueTradeID: venueTradeID, executedAt: nil)
  }
}
