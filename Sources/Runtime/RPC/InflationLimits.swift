/// How large a compressed message may become, beside the limit of all messages.
///
/// Deflate makes a thousand bytes of one: without a bound of its own each small message could cost as
/// much as the largest.
public struct InflationLimits: Sendable, Hashable {
  /// How many times as large as it came a message may become.
  public var ratio: Int
  /// How many bytes a message may have after inflation whatever its ratio.
  public var unconditionalBytes: Int

  /// A hundred times, and 512 KiB in any case, unless told otherwise.
  public init(ratio: Int = 100, unconditionalBytes: Int = 512 * 1024) {
    self.ratio = ratio
    self.unconditionalBytes = unconditionalBytes
  }

  /// The most bytes that a message may have which came in this many.
  package func bytes(of compressed: Int) -> Int {
    let (bytes, overflow) = compressed.multipliedReportingOverflow(by: self.ratio)
    return max(overflow ? .max : bytes, self.unconditionalBytes)
  }
}
