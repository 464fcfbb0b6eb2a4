import ProtobufC

/// A field.
struct FieldModel {
  var number: Int32
  var protoName: String
  var jsonName: String
  /// The property, or the case of the oneof's enum.
  var name: String
  var comment: DocComment
  var place: Place
  var value: ValueType
  var cardinality: Cardinality
  /// Whether the value is kept behind a reference, because its type contains the message again.
  var isIndirect = false
  /// What `google.api.field_behavior` states, such as `REQUIRED` and `OUTPUT_ONLY`.
  var behaviors: Set<String> = []
  /// What the value must be.
  var rules = FieldRulesModel()
  /// Values that the rules admit.
  var examples = FieldExamples()
  /// Whether the messages it holds have something to check.
  var holdsChecked = false

  /// How many values a field holds, and whether absence shows.
  enum Cardinality: Hashable {
    /// A number, text or enum whose default is not sent.
    case implicit
    /// A message, or a proto3 `optional`: a Swift optional.
    case explicit
    case repeated(packed: Bool)
    case map(key: FieldType)
    /// A member of the oneof at this index.
    case oneof(Int)
  }

  var oneofIndex: Int? {
    if case .oneof(let index) = cardinality { index } else { nil }
  }
}
