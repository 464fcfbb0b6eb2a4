/// How much is bought or sold: a positive decimal, a multiple of the instrument's lot.
public struct Quantity: Hashable, Sendable {
  /// The quantity as a number, above zero.
  public let value: Decimal

  /// Takes any positive number.
  public init(_ value: Decimal) throws(QuantityError) {
    guard value.isPositive else { throw .notPositive(value) }
    self.value = value
  }

  /// Takes a positive multiple of `lot`, the smallest quantity step of the instrument.
  public init(_ value: Decimal, lot: Decimal) throws(QuantityError) {
    try self.init(value)
    guard value.isMultiple(of: lot) else { throw .notMultipleOfLot(value, lot: lot) }
  }
}

extension Quantity: Comparable {
  /// Orders by value.
  public static func < (left: Quantity, right: Quantity) -> Bool { left.value < right.value }
}

extension Quantity: CustomStringConvertible {
  /// The canonical decimal text.
  public var description: String { value.description }
}

/// Why a number is not a quantity.
public enum QuantityError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Zero or below.
  case notPositive(Decimal)
  /// Not a whole number of lots.
  case notMultipleOfLot(Decimal, lot: Decimal)

  /// The broken rule and the value that broke it.
  public var description: String {
    switch self {
    case .notPositive(let value): "quantity \(value) is not positive"
    case .notMultipleOfLot(let value, let lot): "quantity \(value) is not a multiple of \(lot)"
    }
  }
}
