/// Why a text is no pattern.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What must hold and does not.
  public let rule: String
  /// The place, in characters from 0.
  public let offset: Int

  /// The rule and its place.
  public var description: String { "\(rule), at character \(offset)" }
}
