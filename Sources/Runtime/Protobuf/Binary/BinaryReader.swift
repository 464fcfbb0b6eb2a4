/// Reads the protobuf wire format from memory it does not own.
///
/// A reader is a window: `position ..< end`. Reading a submessage narrows the window and widens it
/// again. The pointers must outlive the reader, which `Message.init(serialized:)` sees to.
@frozen public struct BinaryReader {
  /// How deeply messages and groups may nest.
  public static var maximumDepth: Int { 100 }

  /// For how many elements of a repeated field or a map memory is reserved at once.
  @inlinable static var longestRun: Int { 4096 }

  @usableFromInline var position: UnsafeRawPointer
  @usableFromInline var end: UnsafeRawPointer
  /// Where the tag of the field being read begins: unknown fields are copied from here.
  @usableFromInline var fieldStart: UnsafeRawPointer
  @usableFromInline var remainingDepth: Int
  /// All the memory there is, whatever the window: a word may be loaded that goes beyond its end.
  @usableFromInline let memoryStart: UnsafeRawPointer
  @usableFromInline let memoryEnd: UnsafeRawPointer

  /// Reads from a buffer that has a base address.
  @inlinable public init(start: UnsafeRawPointer, count: Int) {
    position = start
    end = start + count
    fieldStart = start
    remainingDepth = Self.maximumDepth
    memoryStart = start
    memoryEnd = start + count
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

  /// A varint of two bytes or more, or none.
  @inlinable
  mutating func longVarint() throws(BinaryDecodingError) -> UInt64 {
    let left = end - position
    guard left >= 2 else { throw .truncated }
    let second = UInt64(position.load(fromByteOffset: 1, as: UInt8.self))
    if second < 0x80 {
      let first = UInt64(position.load(as: UInt8.self))
      position += 2
      return (first & 0x7f) | second &<< 7
    }
    let word = nextWord()
    let stops = ~word & 0x8080_8080_8080_8080
    if _fastPath(stops != 0) {
      let count = (stops.trailingZeroBitCount &>> 3) &+ 1
      guard count <= left else { throw .truncated }
      position += count
      // Everything up to the first byte that says it is the last.
      return squeezed(word & (stops ^ (stops &- 1)))
    }
    guard left > 8 else { throw .truncated }
    let ninth = UInt64(position.load(fromByteOffset: 8, as: UInt8.self))
    let low = squeezed(word) | (ninth & 0x7f) &<< 56
    if ninth < 0x80 {
      position += 9
      return low
    }
    guard left > 9 else { throw .truncated }
    let tenth = UInt64(position.load(fromByteOffset: 9, as: UInt8.self))
    guard tenth < 0x80 else { throw .malformedVarint }
    position += 10
    return low | tenth &<< 63
  }

  /// The eight bytes at `position`; zeros for those beyond the memory.
  @inlinable @inline(__always)
  func nextWord() -> UInt64 {
    let left = memoryEnd - position
    if _fastPath(left >= 8) { return position.word }
    if _fastPath(memoryEnd - memoryStart >= 8) {
      return (memoryEnd - 8).word &>> UInt64(truncatingIfNeeded: (8 &- left) &* 8)
    }
    var word: UInt64 = 0
    for index in 0..<left {
      word |= UInt64(position.load(fromByteOffset: index, as: UInt8.self)) &<< UInt64(8 &* index)
    }
    return word
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
