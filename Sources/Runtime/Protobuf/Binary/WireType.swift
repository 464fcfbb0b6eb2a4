#if _endian(big)
  #error("packed fields of fixed width are copied as they are in memory: little-endian only")
#endif

/// The lower three bits of a tag: how a field's end is found.
public enum WireType {
  /// A variable-length integer.
  public static let varint: UInt32 = 0
  /// Eight bytes.
  public static let eightBytes: UInt32 = 1
  /// A length and as many bytes.
  public static let lengthDelimited: UInt32 = 2
  /// The beginning of a group; kept as unknown.
  public static let startGroup: UInt32 = 3
  /// The end of a group.
  public static let endGroup: UInt32 = 4
  /// Four bytes.
  public static let fourBytes: UInt32 = 5
}
