/// Thrown by a handler for an event that it will never be able to apply: it goes to the dead letters
/// without another attempt.
public struct UnprocessableEvent: Error, Sendable, Hashable, CustomStringConvertible {
  /// Why, for an operator.
  public let reason: String

  /// Names the reason.
  public init(_ reason: String) { self.reason = reason }

  /// The reason.
  public var description: String { reason }
}
