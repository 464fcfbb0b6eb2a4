/// Everything that is wrong with a configuration, at once.
///
/// A process with a wrong configuration opens no port: it prints the description and exits with
/// ``exitCode``.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One wrong or missing value.
  public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The key as in a file, such as `trading.listen.port`.
    public let key: String
    /// What the value must be, such as `must be a port, 0 to 65535`.
    public let rule: String
    /// The value, or nil if there is none or it is a secret.
    public let value: String?

    /// A problem with the value of a key.
    public init(key: String, rule: String, value: String?) {
      self.key = key
      self.rule = rule
      self.value = value
    }

    /// The key, its environment variable, the rule and the value.
    public var description: String {
      let variable = Settings.environmentVariable(of: key)
      let found = value.map { ", not \"\($0)\"" } ?? "; it is not set"
      return "\(key) (\(variable)) \(rule)\(found)"
    }
  }

  /// What is wrong, in the order it was found.
  ///
  /// Never empty.
  public let problems: [Problem]

  /// The error of these problems.
  public init(_ problems: [Problem]) { self.problems = problems }

  /// The exit code of wrong usage, `EX_USAGE` of sysexits(3).
  public static let exitCode: Int32 = 64

  /// One line a problem.
  public var description: String {
    problems.map { "configuration: \($0)" }.joined(separator: "\n")
  }
}
