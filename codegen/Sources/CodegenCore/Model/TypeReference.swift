import ProtobufC

/// A Swift type: its module, and its path from the namespace down.
struct TypeReference: Hashable {
  /// The full proto name.
  var proto: String
  /// The module that declares it.
  var module: String
  /// Such as `["TradingV1", "Order", "Kind"]`.
  var path: [String]

  /// The name that is right everywhere: `TradingV1.Order.Kind`.
  var qualified: String { path.joined(separator: ".") }
}

/// The type of a field's value.
enum ValueType: Hashable {
  case scalar(FieldType)
  case enumeration(TypeReference, zero: String)
  case message(TypeReference)
  /// `alphintra.type.Decimal`, which is `Core.Decimal` in Swift.
  case decimal
}
