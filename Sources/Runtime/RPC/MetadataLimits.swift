/// How much metadata a peer may send with one call.
public struct MetadataLimits: Sendable, Hashable {
  /// The most bytes, counted as in RFC 9113, 10.5.1.
  public var bytes: Int
  /// The most values.
  public var count: Int

  /// 16 KiB in 128 values unless told otherwise.
  public init(bytes: Int = 16 * 1024, count: Int = 128) {
    self.bytes = bytes
    self.count = count
  }
}
