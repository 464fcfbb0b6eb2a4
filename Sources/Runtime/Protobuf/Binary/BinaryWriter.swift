/// Writes the protobuf wire format forwards, in one pass.
///
/// Nothing is counted beforehand. What has a length leaves one byte for it, writes its content and
/// then fills in the length; a content of 128 bytes or more is moved to make room for a longer one.
@frozen public struct BinaryWriter: ~Copyable {
  /// The longest tag and the longest varint: room for any field of a scalar type.
  @inlinable static var maximumScalarSize: Int { 5 + 10 }

  @usableFromInline var output: OutputBuffer

  @inlinable init(_ memory: UnsafeMutableRawBufferPointer) { output = OutputBuffer(memory) }

  /// The fields the contract does not know, as they came.
  @inlinable @inline(__always)
  public mutating func unknownFields(_ fields: UnknownFields) {
    if let bytes = fields.storage { raw(bytes) }
  }

  /// Makes room for a field whose value takes at most `count` bytes.
  @inlinable @inline(__always)
  mutating func reserve(_ count: Int = maximumScalarSize) { output.reserve(count) }

  // MARK: Without reserving

  @inlinable @inline(__always)
  mutating func varint(_ value: UInt64) {
    if _fastPath(value < 0x80) {
      output.put(UInt8(truncatingIfNeeded: value))
    } else {
      output.position = longVarint(value, at: output.position)
    }
  }

  @inlinable @inline(__always)
  mutating func tag(_ field: Int, _ wireType: UInt32) {
    var rest = UInt64(truncatingIfNeeded: field) &<< 3 | UInt64(wireType)
    while rest >= 0x80 {
      output.put(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.put(UInt8(truncatingIfNeeded: rest))
  }

  // MARK: With a length

  /// Leaves room for the length of what is written next; returns what `endLength` wants.
  ///
  /// Room for a byte must have been reserved.
  @inlinable @inline(__always)
  mutating func beginLength() -> Int {
    output.position += 1
    return output.count
  }

  /// Fills in the length of what was written since `beginLength`.
  @inlinable @inline(__always)
  mutating func endLength(_ begin: Int) {
    let count = output.count - begin
    if _fastPath(count < 0x80) {
      output.start.storeBytes(
        of: UInt8(truncatingIfNeeded: count), toByteOffset: begin - 1, as: UInt8.self)
    } else {
      endLongLength(begin)
    }
  }

  @usableFromInline @inline(never)
  mutating func endLongLength(_ begin: Int) {
    let count = output.count - begin
    let extra = varintSize(UInt64(truncatingIfNeeded: count)) - 1
    output.reserve(extra)
    let content = output.start + begin
    (content + extra).copyMemory(from: content, byteCount: count)
    _ = longVarint(UInt64(truncatingIfNeeded: count), at: content - 1)
    output.position += extra
  }

  /// Writes a length and a text of `count` bytes; room for both must have been reserved.
  @inlinable @inline(__always)
  mutating func text(_ value: String, _ count: Int) {
    varint(UInt64(truncatingIfNeeded: count))
    let target = output.position
    let isCopied: Void? = value.utf8.withContiguousStorageIfAvailable { bytes in
      if let source = bytes.baseAddress { target.copyMemory(from: source, byteCount: count) }
    }
    if isCopied == nil { copySlowly(value) }
    output.position += count
  }

  /// A text of another runtime, which must be converted first.
  @usableFromInline @inline(never)
  func copySlowly(_ value: String) {
    var value = value
    value.withUTF8 { bytes in
      if let source = bytes.baseAddress {
        output.position.copyMemory(from: source, byteCount: bytes.count)
      }
    }
  }

  @inlinable
  mutating func raw(_ bytes: [UInt8]) {
    reserve(bytes.count)
    bytes.withUnsafeBytes { output.put($0) }
  }

  /// Writes a length and bytes; room for both must have been reserved.
  @inlinable @inline(__always)
  mutating func lengthAndBytes(_ bytes: [UInt8]) {
    varint(UInt64(truncatingIfNeeded: bytes.count))
    bytes.withUnsafeBytes { output.put($0) }
  }
}

/// Writes a varint of two bytes or more and returns where it ends.
@inlinable
func longVarint(
  _ value: UInt64, at target: UnsafeMutableRawPointer
) -> UnsafeMutableRawPointer {
  var rest = value
  var cursor = target
  while rest >= 0x80 {
    cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
    cursor += 1
    rest >>= 7
  }
  cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
  return cursor + 1
}
