/// Why a message has no JSON form: where, which rule, which value.
public struct JSONEncodingError: Error, Hashable, Sendable {
  /// What was broken; source: the ProtoJSON specification.
  public enum Rule: Hashable, Sendable {
    /// A time outside years 1 to 9999, or with nanoseconds outside a second.
    case invalidTimestamp
    /// A duration beyond 10,000 years, or with parts of two signs.
    case invalidDuration
    /// A path that has no lowerCamelCase form.
    case invalidFieldMask
    /// A `google.protobuf.Value` with a number that is not finite.
    case notFinite
    /// A `google.protobuf.Value` of no kind.
    case unsetValue
    /// An `Any` with bytes and no URL of a type, or with one that has no slash.
    case invalidTypeURL
    /// An `Any` of a type that the options' registry does not hold.
    case unknownType
    /// An `Any` whose bytes are no message of its type.
    case unreadable(BinaryDecodingError)
    /// `Any` in `Any`, deeper than `Google.Any.maximumDepth`.
    case anyDepth
  }

  // One word, so that a writer carries it at no cost.
  private let storage: Storage

  private final class Storage: Sendable {
    let path: String
    let rule: Rule
    let value: String
    init(path: String, rule: Rule, value: String) {
      self.path = path
      self.rule = rule
      self.value = value
    }
  }

  /// An error in the field at `path`; empty for the message itself.
  public init(path: String, rule: Rule, value: String = "") {
    storage = Storage(path: path, rule: rule, value: value)
  }

  /// The field by the names the JSON form has, such as `legs[2].createdAt`.
  public var path: String { storage.path }
  /// What was broken.
  public var rule: Rule { storage.rule }
  /// The value at fault; empty if there is nothing to show.
  public var value: String { storage.value }

  /// Compares everything.
  public static func == (left: Self, right: Self) -> Bool {
    left.path == right.path && left.rule == right.rule && left.value == right.value
  }

  /// Hashes everything.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(rule)
    hasher.combine(value)
  }
}

extension JSONEncodingError: CustomStringConvertible {
  /// The field, the rule and the value, as a sentence.
  public var description: String {
    let sentence = value.isEmpty ? "\(rule)" : "\(rule), found \(value)"
    return path.isEmpty ? sentence : "\(path): \(sentence)"
  }
}

extension JSONEncodingError.Rule: CustomStringConvertible {
  /// The rule as a phrase.
  public var description: String {
    switch self {
    case .invalidTimestamp: "not a time between years 1 and 9999"
    case .invalidDuration: "not a duration within 10000 years"
    case .invalidFieldMask: "a path without a lowerCamelCase form"
    case .notFinite: "a google.protobuf.Value holds finite numbers only"
    case .unsetValue: "a google.protobuf.Value of no kind"
    case .invalidTypeURL:
      "an Any names its type, such as type.googleapis.com/alphintra.trading.v1.Order"
    case .unknownType: TypeRegistry.remedy
    case .unreadable(let error): "the bytes of an Any are not of its type (\(error))"
    case .anyDepth: "an Any within an Any, deeper than \(Google.`Any`.maximumDepth)"
    }
  }
}
