/// The message types an `Any` may hold where it is read from JSON or printed as JSON.
///
/// Each contract lists its messages: `TypeRegistry(TradingV1.messages + AuthV1.messages)`. The
/// well-known types are always there.
public struct TypeRegistry: Sendable {
  private var types: [String: any Message.Type] = [:]

  /// A registry of these types and the well-known ones.
  public init(_ types: [any Message.Type] = []) {
    for type in types { self.types[type.messageName] = type }
  }

  /// The type of this full name, such as `alphintra.trading.v1.Order`; nil if it is not there.
  public subscript(name: String) -> (any Message.Type)? {
    types[name] ?? Self.wellKnown[name]
  }

  /// The type of an `Any`, by the part of the URL behind the last slash.
  func type(of url: String) -> (any Message.Type)? {
    Google.`Any`.messageName(in: url).flatMap { self[$0] }
  }

  /// What an error says about a type that is not there.
  static let remedy =
    "a type that is not in the registry: give the options TypeRegistry(…) with the messages of its contract"

  private static let wellKnown: [String: any Message.Type] = {
    let types: [any Message.Type] = [
      Google.`Any`.self, Google.Duration.self, Google.Empty.self, Google.FieldMask.self,
      Google.ListValue.self, Google.Struct.self, Google.Timestamp.self, Google.Value.self,
      Google.BoolValue.self, Google.BytesValue.self, Google.DoubleValue.self,
      Google.FloatValue.self, Google.Int32Value.self, Google.Int64Value.self,
      Google.StringValue.self, Google.UInt32Value.self, Google.UInt64Value.self,
    ]
    return Dictionary(uniqueKeysWithValues: types.map { ($0.messageName, $0) })
  }()
}

extension TypeRegistry: Hashable {
  /// Compares the types.
  public static func == (left: Self, right: Self) -> Bool {
    left.types.count == right.types.count
      && left.types.allSatisfy { name, type in right.types[name].map { $0 == type } ?? false }
  }

  /// Hashes the names.
  public func hash(into hasher: inout Hasher) { hasher.combine(Set(types.keys)) }
}

/// A message whose JSON form is not an object of its fields; in an `Any` it stands under `value`.
protocol SpecialJSONForm: Message {}

extension Google.`Any`: SpecialJSONForm {}
extension Google.Duration: SpecialJSONForm {}
extension Google.FieldMask: SpecialJSONForm {}
extension Google.ListValue: SpecialJSONForm {}
extension Google.Struct: SpecialJSONForm {}
extension Google.Timestamp: SpecialJSONForm {}
extension Google.Value: SpecialJSONForm {}
extension Google.Wrapper: SpecialJSONForm {}
