public import Core

/// Why an order was not accepted; nothing is stored then.
public enum PlaceOrderRejection: Error, Hashable, Sendable {
  /// The request is wrong on its own; every wrong field is listed.
  case invalid([PlaceOrderViolation])
  /// A MARKET order for a symbol that has never been quoted: it cannot be valued.
  case noQuote(Symbol)
  /// A limit of the account would be exceeded.
  case risk(RiskRejection)
}

/// What is wrong with one field of a request to place an order.
public enum PlaceOrderViolation: Hashable, Sendable {
  /// Not 1 to 64 visible ASCII characters.
  case clientOrderIDMalformed(String)
  /// No instrument has this symbol.
  case symbolUnknown(String)
  /// Neither BUY nor SELL.
  case sideMissing
  /// Neither MARKET nor LIMIT.
  case typeMissing
  /// No quantity.
  case quantityMissing
  /// Zero or below.
  case quantityNotPositive(Decimal)
  /// Between two multiples of the lot size.
  case quantityNotMultipleOfLot(Decimal, lotSize: Decimal)
  /// A LIMIT order without its limit.
  case limitPriceMissing
  /// A MARKET order with a limit.
  case limitPriceNotAllowed(Decimal)
  /// Zero or below.
  case limitPriceNotPositive(Decimal)
  /// Between two multiples of the price increment.
  case limitPriceOffIncrement(Decimal, priceIncrement: Decimal)
}

extension PlaceOrderViolation: CustomStringConvertible {
  /// How much of a text from outside is repeated.
  static let maxQuotedLength = 64

  /// The broken rule and the value that broke it.
  public var description: String {
    switch self {
    case .clientOrderIDMalformed(let text):
      "\"\(text.prefix(Self.maxQuotedLength))\" is not 1 to \(ClientOrderID.maxLength) visible "
        + "ASCII characters"
    case .symbolUnknown(let text):
      "no instrument is called \"\(text.prefix(Self.maxQuotedLength))\""
    case .sideMissing: "must be BUY or SELL"
    case .typeMissing: "must be MARKET or LIMIT"
    case .quantityMissing: "must be stated"
    case .quantityNotPositive(let value): "\(value) is not positive"
    case .quantityNotMultipleOfLot(let value, let lotSize):
      "\(value) is not a multiple of the lot size \(lotSize)"
    case .limitPriceMissing: "must be stated for a LIMIT order"
    case .limitPriceNotAllowed(let value): "\(value) is stated for a MARKET order, which has none"
    case .limitPriceNotPositive(let value): "\(value) is not positive"
    case .limitPriceOffIncrement(let value, let increment):
      "\(value) is not a multiple of the price increment \(increment)"
    }
  }
}
