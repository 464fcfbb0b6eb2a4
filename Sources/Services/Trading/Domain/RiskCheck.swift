public import Core

/// Checks an order against its account's limits before it is accepted.
public enum RiskCheck {
  /// Passes a new order, or throws the first limit exceeded, in the order of `RiskLimit.allCases`.
  ///
  /// - Parameters:
  ///   - account: As it stands without the order.
  ///   - price: The order's reserved price.
  public static func check(
    _ quantity: Quantity, of symbol: Symbol, _ side: OrderSide, at price: Price,
    for account: Account
  ) throws(RiskRejection) {
    try check(quantity, leaving: quantity.value, of: symbol, side, at: price, for: account)
    try check(
      .workingOrders, Decimal(exactly: account.limits.maxWorkingOrders) ?? .max,
      used: Decimal(exactly: account.workingOrders) ?? .max, requested: .one)
  }

  /// Passes an order of which only a part is still to be traded, or throws the first limit exceeded.
  ///
  /// - Parameters:
  ///   - leaves: How much of the quantity is still to be traded.
  ///   - account: As it stands without what is still to be traded.
  static func check(
    _ quantity: Quantity, leaving leaves: Decimal, of symbol: Symbol, _ side: OrderSide,
    at price: Price, for account: Account
  ) throws(RiskRejection) {
    let limits = account.limits
    // A product out of the range of a Decimal exceeds any limit, also the largest.
    try check(
      .orderNotional, limits.maxOrderNotional, used: .zero,
      requested: try? price.notional(of: quantity))
    try check(
      .position, limits.maxPosition(of: symbol), used: account.worstPosition(of: symbol, side),
      requested: leaves,
      // What works on one side is a sum of its own, whatever is held on the other.
      room: .max - account.holding(of: symbol).openQuantity(side))
    try check(
      .openNotional, limits.maxOpenNotional, used: account.openNotional,
      requested: try? price.value.multiplied(by: leaves))
  }

  private static func check(
    _ limit: RiskLimit, _ value: Decimal, used: Decimal, requested: Decimal?,
    room: Decimal = .max
  ) throws(RiskRejection) {
    // value and used are each within range, and used may be negative: the difference may not be.
    let (difference, overflow) = value.subtractingReportingOverflow(used)
    let headroom = overflow ? room : min(difference, room)
    if let requested, requested <= headroom { return }
    throw RiskRejection(
      limit: limit, value: value, requested: requested ?? .max, headroom: max(headroom, .zero))
  }
}

/// A limit that an order would exceed, with what is needed to place a smaller one.
public struct RiskRejection: Error, Hashable, Sendable {
  /// Which limit.
  public let limit: RiskLimit
  /// The limit's value.
  public let value: Decimal
  /// What the order asked for, in the limit's unit.
  public let requested: Decimal
  /// The most that would have passed, in the limit's unit; zero when nothing would.
  public let headroom: Decimal

  /// What an order comes to whose worth or cost no number can hold.
  static func outOfRange(_ limits: RiskLimits) -> RiskRejection {
    RiskRejection(
      limit: .orderNotional, value: limits.maxOrderNotional, requested: .max,
      headroom: limits.maxOrderNotional)
  }
}

extension RiskRejection: CustomStringConvertible {
  /// The limit, its value, what was asked for and what is left.
  public var description: String {
    "\(requested) exceeds what is left of the \(limit.rawValue) limit of \(value): \(headroom)"
  }
}
