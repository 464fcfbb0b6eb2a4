/// A field that breaks a rule of the contract.
public struct RuleViolation: Sendable, Hashable {
  /// The kind of rule, for programs.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// Not stated.
    case required = "REQUIRED"
    /// A text or bytes of too few characters or bytes.
    case tooShort = "TOO_SHORT"
    /// A text or bytes of too many characters or bytes.
    case tooLong = "TOO_LONG"
    /// A text that does not have the form.
    case malformed = "MALFORMED"
    /// A number that the enum does not name.
    case unknown = "UNKNOWN"
    /// A number outside its range.
    case outOfRange = "OUT_OF_RANGE"
    /// A decimal with too many digits behind the point.
    case tooPrecise = "TOO_PRECISE"
    /// A list or a map with too few entries.
    case tooFew = "TOO_FEW"
    /// A list or a map with too many entries.
    case tooMany = "TOO_MANY"
    /// An entry that the list has already.
    case duplicate = "DUPLICATE"
  }

  /// The path of the field in proto names, such as `legs[2].limit_price` or `labels["desk"]`.
  public var field: String
  /// The kind of rule.
  public var reason: Reason
  /// The rule and the value that broke it, as the end of a sentence that begins with the field:
  /// `must be greater than 0, got -1`.
  public var description: String

  /// Names all parts.
  public init(field: String, reason: Reason, description: String) {
    self.field = field
    self.reason = reason
    self.description = description
  }
}
