/// What something costs per unit: a positive decimal on the instrument's price grid.
public struct Price: Hashable, Sendable {
  /// The price as a number, above zero.
  public let value: Decimal

  /// Takes any positive number.
  public init(_ value: Decimal) throws(PriceError) {
    guard value.isPositive else { throw .notPositive(value) }
    self.value = value
  }

  /// Takes a positive multiple of `tick`, the smallest price step of the instrument.
  public init(_ value: Decimal, tick: Decimal) throws(PriceError) {
    try self.init(value)
    guard value.isMultiple(of: tick) else { throw .notMultipleOfTick(value, tick: tick) }
  }

  /// The value of `quantity` at this price, exact while price and lot scale sum to at most 18.
  public func notional(of quantity: Quantity) throws(DecimalError) -> Decimal {
    try value.multiplied(by: quantity.value)
  }
}

extension Price: Comparable {
  /// Orders by value.
  public static func < (left: Price, right: Price) -> Bool { left.value < right.value }
}

extension Price: CustomStringConvertible {
  /// The canonical decimal text.
  public var description: String { value.description }
}

/// Why a number is not a price.
public enum PriceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Zero or below.
  case notPositive(Decimal)
  /// Between two steps of the instrument's price grid.
  case notMultipleOfTick(Decimal, tick: Decimal)

  /// The broken rule and the value that broke it.
  public var description: String {
    switch self {
    case .notPositive(let value): "price \(value) is not positive"
    case .notMultipleOfTick(let value, let tick): "price \(value) is not a multiple of \(tick)"
    }
  }
}
