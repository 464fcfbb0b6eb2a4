/// What a field's value must be, as far as it is stated.
struct FieldRulesModel: Hashable {
  /// The field is set.
  var isRequired = false
  /// A singular value; of a list each entry; of a map each value.
  var value = ValueRulesModel()
  /// Of a map each key.
  var key = ValueRulesModel()
  /// The fewest entries of a list or a map.
  var minItems: Int64?
  /// The most entries of a list or a map.
  var maxItems: Int64?
  /// No entry of a list comes twice.
  var isUnique = false

  /// Whether nothing is stated.
  var isEmpty: Bool { self == FieldRulesModel() }
}

/// What one value must be, as far as it is stated.
struct ValueRulesModel: Hashable {
  /// In Unicode scalars, or bytes.
  var minLength: Int64?
  var maxLength: Int64?
  /// The form of the whole text.
  var pattern: String?
  /// Whether an enum's number is named.
  var isDefined = false
  /// Whether an enum's number is not 0, of an entry.
  var isSpecified = false
  /// The bounds of a number, as stated.
  var lower: Bound?
  var upper: Bound?
  /// The most digits behind a decimal's point.
  var maxScale: Int64?
  /// Whether no error repeats the value.
  var isSensitive = false

  /// A bound, itself allowed or not.
  struct Bound: Hashable {
    var text: String
    var isIncluded: Bool
  }

  /// Whether no rule is stated that a value could break.
  var isEmpty: Bool {
    var rules = self
    rules.isSensitive = false
    return rules == ValueRulesModel()
  }
}
