internal import Core

/// The text of one parameter on its way into a field.
public struct ParameterValue: Sendable, Hashable {
  /// Where a parameter stands in a request.
  public enum Source: String, Sendable, Hashable {
    /// A variable of the path.
    case path
    /// A parameter of the query.
    case query
  }

  /// The field in proto names: `page_size`, or `range.start` for a nested one.
  public let field: String

  /// Where it came from.
  public let source: Source

  /// The decoded text.
  public let text: String

  /// Makes a value.
  public init(field: String, source: Source, text: String) {
    self.field = field
    self.source = source
    self.text = text
  }

  /// The error that this value breaks a rule.
  public func error(_ rule: String) -> ParameterError {
    ParameterError(
      field: field, source: source, reason: .invalidValue, rule: rule, value: text)
  }
}

/// Why a parameter of the path or the query is refused.
public struct ParameterError: Error, Hashable {
  /// The kind of mistake, for programs.
  public enum Reason: String, Sendable, Hashable {
    /// The value breaks the field's rule.
    case invalidValue = "INVALID_VALUE"
    /// The route takes no parameter of this name.
    case unknownParameter = "UNKNOWN_PARAMETER"
    /// The parameter is given more than once, and its field holds one value.
    case repeatedParameter = "REPEATED_PARAMETER"
    /// The body states another value than the path.
    case contradictsPath = "CONTRADICTS_PATH"
  }

  /// The most characters of a value that an error repeats.
  public static let valueLimit = 100

  /// The parameter: a field in proto names, or the name as given where no field has it.
  public let field: String

  /// Where it stands.
  public let source: ParameterValue.Source

  /// The kind of mistake.
  public let reason: Reason

  /// The rule, as the end of a sentence that starts with the parameter.
  public let rule: String

  /// The value, cut after ``valueLimit`` Unicode scalars.
  public let value: String

  /// Makes an error.
  public init(
    field: String, source: ParameterValue.Source, reason: Reason, rule: String, value: String
  ) {
    self.field = field
    self.source = source
    self.reason = reason
    self.rule = rule
    self.value = value.abbreviated(to: Self.valueLimit)
  }
}

extension ParameterError: CustomStringConvertible {
  /// One sentence with the parameter, the rule and the value.
  public var description: String {
    "\(source.rawValue) parameter \(field) \(rule), got \"\(value)\""
  }
}
