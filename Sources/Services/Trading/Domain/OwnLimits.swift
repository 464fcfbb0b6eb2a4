public import Core

/// The limits that an account has of its own; a missing one is the service's.
public struct OwnLimits: Hashable, Sendable {
  /// In the place of `RiskLimits.maxOrderNotional`.
  public let maxOrderNotional: Decimal?
  /// In the place of `RiskLimits.maxPosition`; a symbol's limit holds beside it.
  public let maxPosition: Decimal?
  /// In the place of `RiskLimits.maxOpenNotional`.
  public let maxOpenNotional: Decimal?
  /// In the place of `RiskLimits.maxWorkingOrders`.
  public let maxWorkingOrders: Int64?

  /// None of its own.
  public static let none = OwnLimits(
    maxOrderNotional: nil, maxPosition: nil, maxOpenNotional: nil, maxWorkingOrders: nil)

  /// Takes the limits.
  public init(
    maxOrderNotional: Decimal?, maxPosition: Decimal?, maxOpenNotional: Decimal?,
    maxWorkingOrders: Int64?
  ) {
    self.maxOrderNotional = maxOrderNotional
    self.maxPosition = maxPosition
    self.maxOpenNotional = maxOpenNotional
    self.maxWorkingOrders = maxWorkingOrders
  }

  /// What holds for the account, with the service's limits where it has none; nil if one is negative.
  public func completed(by limits: RiskLimits) -> RiskLimits? {
    RiskLimits(
      maxOrderNotional: maxOrderNotional ?? limits.maxOrderNotional,
      maxPosition: maxPosition ?? limits.maxPosition,
      maxOpenNotional: maxOpenNotional ?? limits.maxOpenNotional,
      maxWorkingOrders: maxWorkingOrders ?? limits.maxWorkingOrders,
      maxPositions: limits.maxPositions)
  }
}
