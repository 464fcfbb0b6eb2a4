/// What a caller recommends about a trace (W3C Trace Context, section 3.2.2.5; level 2 for `random`).
public struct TraceFlags: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: UInt8

  /// Flags by their bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The caller may have recorded the span.
  public static let sampled = TraceFlags(rawValue: 1)
  /// The last seven bytes of the trace id are random.
  public static let random = TraceFlags(rawValue: 2)

  /// The flags that are understood here; others are never passed on.
  static let known: TraceFlags = [.sampled, .random]
}
