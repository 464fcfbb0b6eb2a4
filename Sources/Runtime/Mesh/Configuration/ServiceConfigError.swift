/// Everything that is wrong with a service config, at once.
public struct ServiceConfigError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One wrong value.
  public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// Where it stands, such as `methodConfig[0].retryPolicy.maxAttempts`; empty for the whole.
    public let field: String
    /// What must be there.
    public let rule: String
    /// What is there, as JSON; nil for nothing.
    public let value: String?

    /// The field, the rule and the value.
    public var description: String {
      let what = field.isEmpty ? rule : "\(field) \(rule)"
      return value.map { "\(what), not \($0)" } ?? what
    }
  }

  /// What is wrong, in the order it was found.
  ///
  /// Never empty.
  public let problems: [Problem]

  /// One line a problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
