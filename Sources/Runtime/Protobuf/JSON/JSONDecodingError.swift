public import Core

/// Why a text is not the JSON form of a message: where, which rule, which value.
public struct JSONDecodingError: Error, Hashable, Sendable {
  /// What was broken; source: RFC 8259 and the ProtoJSON specification.
  public enum Rule: Hashable, Sendable {
    /// The text is not JSON here; says what was expected.
    case syntax(expected: String)
    /// The value is of another kind; says what was expected.
    case typeMismatch(expected: String)
    /// The number does not fit the type, which is named.
    case outOfRange(type: String)
    /// The contract has no such field.
    case unknownField
    /// The field or the map's key occurs twice, in either form of its name.
    case duplicateField
    /// Two members of the oneof, which is named, are set.
    case oneofConflict(oneof: String)
    /// The enumeration, which is named, has no such value.
    case unknownEnumValue(type: String)
    /// A string is not UTF-8.
    case invalidUTF8
    /// A string has a malformed escape or half of a surrogate pair.
    case invalidEscape
    /// The text is not base64.
    case invalidBase64
    /// The text or number is not a decimal.
    case invalidDecimal(DecimalError)
    /// The text is not an RFC 3339 time from year 1 to 9999.
    case invalidTimestamp
    /// The text is not seconds with `s` within ±10,000 years.
    case invalidDuration
    /// The text is not a list of lowerCamelCase paths.
    case invalidFieldMask
    /// The type of an `Any` is not in the options' registry.
    case unknownType
    /// Objects and arrays nest deeper than this.
    case depthLimit(Int)
    /// The text has more bytes than this.
    case sizeLimit(Int)
    /// A number has more characters than `JSONReader.maximumNumberLength`.
    case numberLength
  }

  /// How much of an offending value, and of a name in a path, an error repeats.
  public static let longestQuotedText = 64

  // One word, so that an error costs the successful path nothing.
  private let storage: Storage

  private final class Storage: Sendable {
    let path: String
    let rule: Rule
    let value: String
    let offset: Int
    init(path: String, rule: Rule, value: String, offset: Int) {
      self.path = path
      self.rule = rule
      self.value = value
      self.offset = offset
    }
  }

  /// An error in the field at `path`; empty for the text as a whole.
  public init(path: String, rule: Rule, value: String, offset: Int = 0) {
    storage = Storage(path: path, rule: rule, value: value, offset: offset)
  }

  /// The field by the names the text used, such as `legs[2].price`.
  public var path: String { storage.path }
  /// What was broken.
  public var rule: Rule { storage.rule }
  /// The start of the text at fault.
  public var value: String { storage.value }
  /// Where in the text, in bytes.
  public var offset: Int { storage.offset }

  /// Compares everything.
  public static func == (left: Self, right: Self) -> Bool {
    left.path == right.path && left.rule == right.rule && left.value == right.value
      && left.offset == right.offset
  }

  /// Hashes path, rule and value.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(rule)
    hasher.combine(value)
  }
}

extension JSONDecodingError: CustomStringConvertible {
  /// The field, the rule and the value, as a sentence.
  public var description: String {
    let place = path.isEmpty ? "byte \(offset)" : path
    return value.isEmpty ? "\(place): \(rule)" : "\(place): \(rule), found \(value)"
  }
}

extension JSONDecodingError.Rule: CustomStringConvertible {
  /// The rule as a phrase.
  public var description: String {
    switch self {
    case .syntax(let expected): "not JSON, \(expected) expected"
    case .typeMismatch(let expected): "\(expected) expected"
    case .outOfRange(let type): "out of the range of \(type)"
    case .unknownField: "no such field"
    case .duplicateField: "set twice"
    case .oneofConflict(let oneof): "another member of \(oneof) is set"
    case .unknownEnumValue(let type): "not a value of \(type)"
    case .invalidUTF8: "not UTF-8"
    case .invalidEscape: "malformed escape"
    case .invalidBase64: "not base64"
    case .invalidDecimal(let error): error.description
    case .invalidTimestamp: "not an RFC 3339 time between years 1 and 9999"
    case .invalidDuration: "not a duration such as 1.5s within 10000 years"
    case .invalidFieldMask: "not a list of lowerCamelCase paths"
    case .unknownType: TypeRegistry.remedy
    case .depthLimit(let limit): "nested deeper than \(limit)"
    case .sizeLimit(let limit): "longer than \(limit) bytes"
    case .numberLength: "a number longer than \(JSONReader.maximumNumberLength) characters"
    }
  }
}
