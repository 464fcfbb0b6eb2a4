public import Core
public import Protobuf
public import RPC

/// A range of time that a list is asked for, by the fields `from_at` and `until_at` of its request.
public struct TimeRange: Sendable, Hashable {
  /// The first moment; nil for the beginning.
  public let from: Instant?
  /// The moment behind the last; nil for no end.
  public let until: Instant?

  /// Reads both fields, and notes what is wrong with them: a time that is none, or an end before the start.
  public init(
    from: Google.Timestamp?, until: Google.Timestamp?, _ violations: inout [FieldViolation]
  ) {
    self.from = Self.time(from, "from_at", &violations)
    self.until = Self.time(until, "until_at", &violations)
    if let from = self.from, let until = self.until, from > until {
      violations.append(
        FieldViolation(
          field: "until_at", description: "\(until) is before from_at, \(from)",
          reason: "BEFORE_START"))
    }
  }

  /// What a token of a list within this range names it by.
  public var filter: String {
    "\(from?.microseconds.description ?? "")..\(until?.microseconds.description ?? "")"
  }

  private static func time(
    _ timestamp: Google.Timestamp?, _ field: String, _ violations: inout [FieldViolation]
  ) -> Instant? {
    guard let timestamp else { return nil }
    guard let instant = timestamp.instant else {
      violations.append(
        FieldViolation(
          field: field,
          description: "\(timestamp.seconds) s \(timestamp.nanos) ns is out of range",
          reason: "OUT_OF_RANGE"))
      return nil
    }
    return instant
  }
}
