import ProtobufC

/// Takes the bytes of an option apart into its fields.
struct WireReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  var isAtEnd: Bool { bytes.isEmpty }

  /// The next field; nil at the end.
  mutating func next() throws(OptionError) -> CustomOption? {
    guard !bytes.isEmpty else { return nil }
    let tag = try varint()
    let before = bytes
    switch tag & 7 {
    case 0: _ = try varint()
    case 1: try skip(8)
    case 2:
      let count = try varint()
      return try field(tag, taking: count)
    case 5: try skip(4)
    default: throw .malformed
    }
    return CustomOption(
      number: Int32(truncatingIfNeeded: tag >> 3), wireType: Int(tag & 7),
      value: Array(before[..<bytes.startIndex]))
  }

  /// A base-128 number of at most ten bytes.
  mutating func varint() throws(OptionError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard let byte = bytes.popFirst() else { throw .malformed }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw .malformed
  }

  private mutating func field(_ tag: UInt64, taking count: UInt64) throws(OptionError)
    -> CustomOption
  {
    guard count <= UInt64(bytes.count) else { throw .malformed }
    let value = Array(bytes.prefix(Int(count)))
    bytes = bytes.dropFirst(Int(count))
    return CustomOption(
      number: Int32(truncatingIfNeeded: tag >> 3), wireType: Int(tag & 7), value: value)
  }

  private mutating func skip(_ count: Int) throws(OptionError) {
    guard count <= bytes.count else { throw .malformed }
    bytes = bytes.dropFirst(count)
  }
}
