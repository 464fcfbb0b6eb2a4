/// Why a text is no path template.
public struct PathTemplateError: Error, Hashable {
  /// The rule that is broken.
  public enum Rule: String, Sendable, Hashable {
    /// A template starts with a slash.
    case startsWithSlash = "starts with a slash"
    /// Nothing stands between two slashes, or after the last.
    case segmentNotEmpty = "has no empty segment"
    /// A literal holds a character that a path must percent-encode, or a half percent-encoding.
    case literalCharacters =
      "a literal holds unreserved, sub-delimiter or percent-encoded characters"
    /// A literal is `.` or `..`, which clients remove.
    case noDotSegments = "has no . or .. segment"
    /// `**` is followed by another segment.
    case restIsLast = "** is the last segment"
    /// A variable has no closing brace.
    case braceClosed = "a variable ends with }"
    /// A variable's name is no field path.
    case fieldPath = "a variable names a field: letters, digits, _ and dots between fields"
    /// A variable stands inside another.
    case noNestedVariable = "a variable holds no variable"
    /// Two variables bind the same field.
    case variableOnce = "a field is bound once"
    /// Nothing follows the colon.
    case verbNotEmpty = "a verb is not empty"
    /// Something follows a segment that should have ended.
    case segmentEnds = "a segment ends at a slash, a verb or the end"
  }

  /// The whole template.
  public let template: String

  /// Where the mistake is, in bytes from the start.
  public let offset: Int

  /// The rule that is broken.
  public let rule: Rule
}

extension PathTemplateError: CustomStringConvertible {
  /// One sentence with the template, the place and the rule.
  public var description: String {
    "path template \"\(template)\", offset \(offset): a template \(rule.rawValue)"
  }
}
