public import Core

/// Why bytes are not a message: the broken rule and the field it broke in.
public struct BinaryDecodingError: Error, Hashable, Sendable {
  /// What was broken; source: the Protocol Buffers encoding specification.
  public enum Rule: Hashable, Sendable {
    /// The bytes end inside a field.
    case truncated
    /// A variable-length integer has more than ten bytes.
    case malformedVarint
    /// A field number outside 1 ... 2²⁹ − 1.
    case invalidTag
    /// Wire type 6 or 7.
    case invalidWireType
    /// A group ends that was not begun, or another than the one begun.
    case unbalancedGroup
    /// A string that is not UTF-8.
    case invalidUTF8
    /// Messages or groups nested deeper than `BinaryReader.maximumDepth`.
    case depthLimit
    /// A decimal whose text is not one.
    case invalidDecimal(DecimalError)
  }

  // One word, so that an error costs the successful path nothing.
  private let storage: Storage

  private final class Storage: Sendable {
    let rule: Rule
    let path: String
    init(rule: Rule, path: String) {
      self.rule = rule
      self.path = path
    }
  }

  /// An error in the field at `path`, such as `legs.price`; empty for the message itself.
  public init(_ rule: Rule, path: String = "") {
    storage = Storage(rule: rule, path: path)
  }

  /// What was broken.
  public var rule: Rule { storage.rule }

  /// The field by its names in the contract, such as `legs.price`.
  public var path: String { storage.path }

  /// The same error seen from the message that holds the field.
  func nested(in field: String) -> BinaryDecodingError {
    BinaryDecodingError(rule, path: path.isEmpty ? field : "\(field).\(path)")
  }

  /// Compares rules and paths.
  public static func == (left: Self, right: Self) -> Bool {
    left.rule == right.rule && left.path == right.path
  }

  /// Hashes rule and path.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(rule)
    hasher.combine(path)
  }
}

extension BinaryDecodingError {
  @usableFromInline static var truncated: Self { @inline(never) get { Self(.truncated) } }
  @usableFromInline static var malformedVarint: Self {
    @inline(never) get { Self(.malformedVarint) }
  }
  @usableFromInline static var invalidTag: Self { @inline(never) get { Self(.invalidTag) } }
  @usableFromInline static var invalidUTF8: Self { @inline(never) get { Self(.invalidUTF8) } }
  @usableFromInline static var depthLimit: Self { @inline(never) get { Self(.depthLimit) } }
}

extension BinaryDecodingError: CustomStringConvertible {
  /// The field, if known, and the rule, as a sentence.
  public var description: String {
    path.isEmpty ? rule.description : "\(path): \(rule)"
  }
}

extension BinaryDecodingError.Rule: CustomStringConvertible {
  /// The rule as a sentence.
  public var description: String {
    switch self {
    case .truncated: "the message ends inside a field"
    case .malformedVarint: "a variable-length integer exceeds ten bytes"
    case .invalidTag: "a field number is outside 1 ... 536870911"
    case .invalidWireType: "a wire type is none of the six"
    case .unbalancedGroup: "a group ends that was not begun"
    case .invalidUTF8: "a string is not UTF-8"
    case .depthLimit: "messages are nested deeper than \(BinaryReader.maximumDepth)"
    case .invalidDecimal(let error): error.description
    }
  }
}
