/// Reads the protobuf wire format from memory it does not own.
///
/// A reader is a window: `position ..< end`. Reading a submessage narrows the window and widens it
/// again. The pointers must outlive the reader, which `Message.init(serialized:)` sees to.
@frozen public struct BinaryReader {
  /// How deeply messages and groups may nest.
  public static var maximumDepth: Int { 100 }

  @usableFromInline var position: UnsafeRawPointer
  @usableFromInline var end: UnsafeRawPointer
  /// Where the tag of the field being read begins: unknown fields are copied from here.
  @usableFromInline var fieldStart: UnsafeRawPointer
  @usableFromInline var remainingDepth: Int

  /// Reads from a buffer that has a base address.
  @inlinable public init(start: UnsafeRawPointer, count: Int) {
    position = start
    end = start + count
    fieldStart = start
    remainingDepth = Self.maximumDepth
  }

  /// The tag of the next field; nil at the end of the message.
  @inlinable @inline(__always)
  public mutating func nextTag() throws(BinaryDecodingError) -> UInt32? {
    guard position < end else { return nil }
    fieldStart = position
    return try tag()
  }

  @inlinable @inline(__always)
  mutating func tag() throws(BinaryDecodingError) -> UInt32 {
    if _fastPath(position < end) {
      let byte = position.load(as: UInt8.self)
      if _fastPath(byte < 0x80) {
        guard _fastPath(byte >= 8) else { throw .invalidTag }
        position += 1
        return UInt32(byte)
      }
    }
    let value = try longVarint()
    guard value >= 8, value <= 0xffff_ffff else { throw .invalidTag }
    return UInt32(truncatingIfNeeded: value)
  }

  /// A variable-length integer of up to 64 bits.
  @inlinable @inline(__always)
  mutating func varint() throws(BinaryDecodingError) -> UInt64 {
    if _fastPath(position < end) {
      let byte = position.load(as: UInt8.self)
      if _fastPath(byte < 0x80) {
        position += 1
        return UInt64(byte)
      }
    }
    return try longVarint()
  }

  @inlinable
  mutating func longVarint() throws(BinaryDecodingError) -> UInt64 {
    // Ten bytes ahead need no test per byte; the loop is then unrolled.
    if end - position >= 10 { return try unboundedVarint() }
    var cursor = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while cursor < end {
      let byte = UInt64(cursor.load(as: UInt8.self))
      cursor += 1
      guard shift < 63 || byte < 0x80 else { throw .malformedVarint }
      value |= (byte & 0x7f) &<< shift
      if byte < 0x80 {
        position = cursor
        return value
      }
      shift &+= 7
    }
    throw .truncated
  }

  @inlinable @inline(__always)
  mutating func unboundedVarint() throws(BinaryDecodingError) -> UInt64 {
    var cursor = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 63 {
      let byte = UInt64(cursor.load(as: UInt8.self))
      cursor += 1
      value |= (byte & 0x7f) &<< shift
      if byte < 0x80 {
        position = cursor
        return value
      }
      shift &+= 7
    }
    let last = UInt64(cursor.load(as: UInt8.self))
    guard last < 0x80 else { throw .malformedVarint }
    position = cursor + 1
    return value | last &<< 63
  }

  /// A length that fits what is left.
  @inlinable @inline(__always)
  mutating func length() throws(BinaryDecodingError) -> Int {
    let count = try varint()
    guard count <= UInt64(UInt(bitPattern: end - position)) else { throw .truncated }
    return Int(truncatingIfNeeded: count)
  }

  /// Eight little-endian bytes.
  @inlinable @inline(__always)
  mutating func eightBytes() throws(BinaryDecodingError) -> UInt64 {
    guard end - position >= 8 else { throw .truncated }
    let value = position.loadUnaligned(as: UInt64.self)
    position += 8
    return UInt64(littleEndian: value)
  }

  /// Four little-endian bytes.
  @inlinable @inline(__always)
  mutating func fourBytes() throws(BinaryDecodingError) -> UInt32 {
    guard end - position >= 4 else { throw .truncated }
    let value = position.loadUnaligned(as: UInt32.self)
    position += 4
    return UInt32(littleEndian: value)
  }

  /// A value that lies on the wire as it does in memory.
  @inlinable @inline(__always)
  mutating func fixedWidth<T: BitwiseCopyable>() throws(BinaryDecodingError) -> T {
    guard end - position >= MemoryLayout<T>.size else { throw .truncated }
    let value = position.loadUnaligned(as: T.self)
    position += MemoryLayout<T>.size
    return value
  }
}
