/// An amount of one asset, such as `-12.5 USD`; amounts of different assets never mix.
public struct Money: Hashable, Sendable {
  /// What is counted: a currency, a coin, a security.
  public let asset: AssetID
  /// How much of it; negative for a debt or an outflow.
  public let amount: Decimal

  /// Takes an asset and an amount as they are.
  public init(asset: AssetID, amount: Decimal) {
    self.asset = asset
    self.amount = amount
  }

  /// The sum; throws unless both are of the same asset and the sum is in range.
  public func adding(_ other: Money) throws(MoneyError) -> Money {
    guard asset == other.asset else { throw .assetMismatch(asset, other.asset) }
    let (sum, overflow) = amount.addingReportingOverflow(other.amount)
    guard !overflow else { throw .overflow(asset) }
    return Money(asset: asset, amount: sum)
  }

  /// The difference; throws unless both are of the same asset and the difference is in range.
  public func subtracting(_ other: Money) throws(MoneyError) -> Money {
    try adding(-other)
  }

  /// The same amount in the other direction.
  public static prefix func - (money: Money) -> Money {
    Money(asset: money.asset, amount: -money.amount)
  }
}

extension Money: CustomStringConvertible {
  /// The amount followed by the asset: `12.5 USD`.
  public var description: String { "\(amount) \(asset)" }
}

/// Why two amounts have no sum.
public enum MoneyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The amounts count different things.
  case assetMismatch(AssetID, AssetID)
  /// The sum has more than 20 integer digits.
  case overflow(AssetID)

  /// The broken rule and the values that broke it.
  public var description: String {
    switch self {
    case .assetMismatch(let left, let right): "\(left) and \(right) cannot be added"
    case .overflow(let asset): "the sum exceeds the range of an amount of \(asset)"
    }
  }
}
