/// A generated enumeration: open, so that a value of a newer contract survives a round trip.
public protocol Enum: JSONScalar {
  /// The full name in the contract, such as `alphintra.trading.v1.OrderSide`.
  static var enumName: String { get }

  /// Takes any number; one the contract does not name becomes `unrecognized`.
  init(rawValue: Int32)

  /// The number on the wire.
  var rawValue: Int32 { get }

  /// The names of the numbers in JSON.
  static var valueNames: EnumNames { get }
}

extension Enum {
  /// Takes a name as JSON carries it, with or without the prefix of the type; nil if unknown.
  public init?(jsonName: String) {
    var name = jsonName
    guard let number = name.withUTF8({ Self.valueNames.number(of: $0) }) else { return nil }
    self.init(rawValue: number)
  }

  /// The name JSON prints; nil for an unrecognized number, which prints as a number.
  public var jsonName: String? { Self.valueNames.json(rawValue)?.description }

  /// Compares numbers, so that `unrecognized(1)` equals the case that has number 1.
  @inlinable public static func == (left: Self, right: Self) -> Bool {
    left.rawValue == right.rawValue
  }

  /// Hashes the number.
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
