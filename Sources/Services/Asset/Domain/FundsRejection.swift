public import Core

/// Why money was not moved; nothing is stored then.
public enum FundsRejection: Error, Hashable, Sendable {
  /// More is asked for than may be spent.
  case insufficientFunds(AssetID, requested: Decimal, available: Decimal)
  /// Funds are held for the order already, on other terms.
  case reservationExists(OrderID)
  /// The order is over: nothing is held for it any more, or ever again.
  case reservationClosed(OrderID)
  /// Nothing was ever held for the order.
  case reservationUnknown(OrderID)
  /// A trade costs more than its order holds: what trading promises was broken.
  case exceedsReservation(Money, held: Decimal)
  /// An order is to cost less in all than its trades have taken: what trading promises was broken.
  case belowCaptured(total: Decimal, captured: Decimal)
  /// The trade was settled already, on other terms.
  case tradeSettled(TradeID)
  /// The fee of a trade is more than the amount it is to come from.
  case feeExceeds(Money)
  /// The reference names another deposit.
  case referenceTaken(DepositID)
  /// A sum has more than 20 integer digits.
  case outOfRange(AssetID)
}

extension FundsRejection: CustomStringConvertible {
  /// The broken rule and the values that broke it.
  public var description: String {
    switch self {
    case .insufficientFunds(let asset, let requested, let available):
      "\(requested) \(asset) are asked for, \(available) \(asset) are available"
    case .reservationExists(let order):
      "funds are held for order \(order) already, on other terms"
    case .reservationClosed(let order):
      "order \(order) is over: nothing is held for it any more"
    case .reservationUnknown(let order): "nothing was ever held for order \(order)"
    case .exceedsReservation(let money, let held):
      "\(money) are to be taken, \(held) \(money.asset) are held"
    case .belowCaptured(let total, let captured):
      "a total of \(total) is less than \(captured), which trades have taken already"
    case .tradeSettled(let trade): "trade \(trade) was settled already, on other terms"
    case .feeExceeds(let fee): "a fee of \(fee) is more than the amount it is to come from"
    case .referenceTaken(let deposit): "the reference names another deposit, \(deposit)"
    case .outOfRange(let asset):
      "the sum exceeds \(Decimal.integerDigits) integer digits of \(asset)"
    }
  }
}
