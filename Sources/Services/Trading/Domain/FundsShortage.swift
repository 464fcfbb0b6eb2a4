public import Core

/// What an account lacks for an order.
public struct FundsShortage: Hashable, Sendable {
  /// Of what.
  public let asset: Asset
  /// How much the order needs.
  public let requested: Decimal
  /// How much there was.
  public let available: Decimal

  /// Takes the parts.
  public init(asset: Asset, requested: Decimal, available: Decimal) {
    self.asset = asset
    self.requested = requested
    self.available = available
  }
}

extension FundsShortage: CustomStringConvertible {
  /// What is needed, and what there is.
  public var description: String { "\(requested) \(asset) is needed, \(available) is available" }
}
