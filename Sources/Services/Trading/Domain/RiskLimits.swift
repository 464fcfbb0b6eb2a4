public import Core

/// What an account may have at risk; a value equal to a limit is within it.
public struct RiskLimits: Hashable, Sendable {
  /// The most one order may be worth at its reserved price.
  public let maxOrderNotional: Decimal
  /// The most units of one symbol, long or short, that the account may come to hold if every
  /// working order on that side fills.
  public let maxPosition: Decimal
  /// The most that all working orders together may be worth at their reserved prices.
  public let maxOpenNotional: Decimal
  /// The most orders that may work at once.
  public let maxWorkingOrders: Int64
  /// Symbols of which less may be held than `maxPosition`, whoever holds them.
  public let maxPositions: [Symbol: Decimal]

  /// Takes the limits; nil if one is negative.
  public init?(
    maxOrderNotional: Decimal, maxPosition: Decimal, maxOpenNotional: Decimal,
    maxWorkingOrders: Int64, maxPositions: [Symbol: Decimal] = [:]
  ) {
    guard !maxOrderNotional.isNegative, !maxPosition.isNegative, !maxOpenNotional.isNegative,
      maxWorkingOrders >= 0, !maxPositions.values.contains(where: \.isNegative)
    else { return nil }
    self.maxOrderNotional = maxOrderNotional
    self.maxPosition = maxPosition
    self.maxOpenNotional = maxOpenNotional
    self.maxWorkingOrders = maxWorkingOrders
    self.maxPositions = maxPositions
  }

  /// The most units of a symbol, long or short: the lower of the general limit and the symbol's.
  public func maxPosition(of symbol: Symbol) -> Decimal {
    min(maxPosition, maxPositions[symbol] ?? maxPosition)
  }
}

/// The limits by name.
public enum RiskLimit: String, Hashable, Sendable, CaseIterable {
  /// `RiskLimits.maxOrderNotional`.
  case orderNotional = "ORDER_NOTIONAL"
  /// `RiskLimits.maxPosition(of:)`.
  case position = "POSITION"
  /// `RiskLimits.maxOpenNotional`.
  case openNotional = "OPEN_NOTIONAL"
  /// `RiskLimits.maxWorkingOrders`.
  case workingOrders = "WORKING_ORDERS"
}
