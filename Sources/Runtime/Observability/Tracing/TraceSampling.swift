/// Which spans are recorded: the samplers of OpenTelemetry's specification, by its names.
public struct TraceSampling: Sendable, Hashable {
  /// Whether what a caller has decided holds here.
  public let followsParent: Bool
  /// Which part of the traces that begin here, or of all where callers do not decide, is recorded: 0 to 1.
  public let ratio: Double
  private let threshold: UInt64

  /// Says both; a ratio beyond 0 to 1 is the nearer of them.
  public init(followsParent: Bool = true, ratio: Double = 1) {
    self.followsParent = followsParent
    self.ratio = min(max(ratio, 0), 1)
    threshold = UInt64(self.ratio * Double(Self.range))
  }

  /// The number of values of ``TraceID/randomness``.
  private static let range: UInt64 = 1 << 56

  /// All, unless the caller did not: a trace is whole or not there.
  public static let standard = TraceSampling()

  /// Whether a span is recorded.
  ///
  /// The answer for a trace id is the same in every process that has the same ratio.
  func records(_ traceID: TraceID, parent: SpanContext?) -> Bool {
    if followsParent, let parent { return parent.isSampled }
    return traceID.randomness < threshold
  }
}
