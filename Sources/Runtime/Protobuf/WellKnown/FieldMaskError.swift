/// Why a field mask does not fit a message type: which path, which rule.
public struct FieldMaskError: Error, Hashable, Sendable {
  /// What was broken; source: google/protobuf/field_mask.proto.
  public enum Rule: Hashable, Sendable {
    /// A path, or a part of it, without a name.
    case empty
    /// The message type, which is named, has no such field in its contract.
    case unknownField(String, message: String)
    /// The path goes on below a number, text, enum or decimal.
    case notAMessage(String)
    /// The path goes on below a list or a map.
    case repeated(String)
    /// The messages nest deeper than `BinaryReader.maximumDepth`.
    case depthLimit
  }

  /// The path as the mask has it.
  public let path: String
  /// What was broken.
  public let rule: Rule
}

extension FieldMaskError: CustomStringConvertible {
  /// The path, the rule and the field, as a sentence.
  public var description: String { "field mask path \"\(path)\": \(rule)" }
}

extension FieldMaskError.Rule: CustomStringConvertible {
  /// The rule as a phrase.
  public var description: String {
    switch self {
    case .empty: "a name is missing"
    case .unknownField(let field, let message): "\(message) has no field \(field)"
    case .notAMessage(let field): "\(field) is no message, so the path must end there"
    case .repeated(let field): "\(field) is a list or a map, so the path must end there"
    case .depthLimit: "the message is nested deeper than \(BinaryReader.maximumDepth)"
    }
  }
}
