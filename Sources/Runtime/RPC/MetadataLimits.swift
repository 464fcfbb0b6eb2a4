/// How much metadata may go along with one call, in one direction and one block.
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
