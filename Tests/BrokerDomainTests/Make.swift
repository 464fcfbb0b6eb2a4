import Core

@testable import BrokerDomain

/// Values for tests.
enum Make {
  static let now = Instant(microseconds: 1_700_000_000_000_000)
  static let window: Duration = .seconds(5)
  static let exchangeOrderID = ExchangeOrderID(rawValue: "x1")

  static func terms(
    _ quantity: String = "10", at price: String = "100", connection: String = "sim",
    id: String = "c1", account: String = "a1", symbol: String = "FB", side: OrderSide = .buy,
    expiresAt: Instant? = nil
  ) throws -> RoutedOrderTerms {
    RoutedOrderTerms(
      connectionID: ConnectionID(rawValue: connection), clientOrderID: ClientOrderID(rawValue: id),
      accountID: AccountID(rawValue: account), symbol: Symbol(rawValue: symbol), side: side,
      quantity: try Quantity(Decimal(quantity)), worstPrice: try Price(Decimal(price)),
      expiresAt: expiresAt)
  }

  /// An order that is pending on its first submission.
  static func pending(_ terms: RoutedOrderTerms? = nil, at now: Instant = now) throws -> RoutedOrder
  {
    let decision = try RouteOrder.decide(
      try terms ?? Make.terms(), existing: nil, window: window, at: now)
    guard case .submit(let change) = decision else { throw Unexpected(what: "\(decision)") }
    return change.order
  }

  /// An order in a state, with something filled where the state says so.
  static func order(_ state: RoutedOrderState, isCancelRequested: Bool = false) throws
    -> RoutedOrder
  {
    var order = try pending()
    order.state = state
    order.isCancelRequested = isCancelRequested
    if state != .pendingNew { order.exchangeOrderID = exchangeOrderID }
    if state == .rejected { order.rejectReason = "NO" }
    let filled: Decimal = state == .filled ? 10 : state == .partiallyFilled ? 4 : 0
    order.filledQuantity = filled
    order.filledNotional = try filled.multiplied(by: 100)
    return order
  }

  static func report(
    _ occurrence: ExecutionReport.Occurrence, filled: Decimal = 0, for notional: Decimal = 0,
    id: ExchangeOrderID = exchangeOrderID, sequence: Int64 = 1
  ) -> ExecutionReport {
    ExecutionReport(
      sequence: sequence, occurrence: occurrence, exchangeOrderID: id, filledQuantity: filled,
      filledNotional: notional, reportedAt: now + .seconds(7))
  }

  static func trade(_ quantity: Decimal, at price: Decimal) throws -> ExecutionReport.Occurrence {
    .trade(Execution(id: "e1", quantity: try Quantity(quantity), price: try Price(price)))
  }
}

/// Something else came out than a test stands on.
struct Unexpected: Error {
  let what: String
}
