/// Writes the protobuf wire format forwards into memory whose size `BinarySize` counted.
///
/// Nothing is checked while writing: the memory must have room for `encodedSize()` bytes, which
/// `Message.serialized()` and `Message.serialize(into:)` see to.
@frozen public struct BinaryWriter {
  @usableFromInline var position: UnsafeMutableRawPointer

  @inlinable init(_ position: UnsafeMutableRawPointer) { self.position = position }

  /// The fields the contract does not know, as they came.
  @inlinable @inline(__always)
  public mutating func unknownFields(_ fields: UnknownFields) {
    if let bytes = fields.storage { raw(bytes) }
  }

  @inlinable @inline(__always)
  mutating func byte(_ value: UInt8) {
    position.storeBytes(of: value, as: UInt8.self)
    position += 1
  }

  @inlinable @inline(__always)
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      byte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    byte(UInt8(truncatingIfNeeded: rest))
  }

  @inlinable @inline(__always)
  mutating func tag(_ field: Int, _ wireType: UInt32) {
    varint(UInt64(truncatingIfNeeded: field) &<< 3 | UInt64(wireType))
  }

  @inlinable @inline(__always)
  mutating func eightBytes(_ value: UInt64) {
    position.storeBytes(of: value.littleEndian, as: UInt64.self)
    position += 8
  }

  @inlinable @inline(__always)
  mutating func fourBytes(_ value: UInt32) {
    position.storeBytes(of: value.littleEndian, as: UInt32.self)
    position += 4
  }

  @inlinable @inline(__always)
  mutating func fixedWidth<T: BitwiseCopyable>(_ value: T) {
    position.storeBytes(of: value, as: T.self)
    position += MemoryLayout<T>.size
  }

  @inlinable @inline(__always)
  mutating func text(_ value: String) {
    let count = value.utf8.count
    varint(UInt64(truncatingIfNeeded: count))
    let target = position
    let isCopied: Void? = value.utf8.withContiguousStorageIfAvailable { bytes in
      if let source = bytes.baseAddress { target.copyMemory(from: source, byteCount: count) }
    }
    if isCopied == nil { copySlowly(value) }
    position += count
  }

  /// A text of another runtime, which must be converted first.
  @usableFromInline @inline(never)
  func copySlowly(_ value: String) {
    var value = value
    value.withUTF8 { bytes in
      if let source = bytes.baseAddress {
        position.copyMemory(from: source, byteCount: bytes.count)
      }
    }
  }

  @inlinable
  mutating func raw(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      position.copyMemory(from: source, byteCount: bytes.count)
      position += bytes.count
    }
  }

  @inlinable
  mutating func lengthAndBytes(_ bytes: [UInt8]) {
    varint(UInt64(truncatingIfNeeded: bytes.count))
    raw(bytes)
  }
}
