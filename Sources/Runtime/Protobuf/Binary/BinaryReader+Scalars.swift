// One method for each scalar type of the language; source: "Encoding", Protocol Buffers.
extension BinaryReader {
  /// A field of type `int32`; longer integers lose their upper bits, as the specification says.
  @inlinable @inline(__always)
  public mutating func int32() throws(BinaryDecodingError) -> Int32 {
    Int32(truncatingIfNeeded: try varint())
  }

  /// A field of type `int64`.
  @inlinable @inline(__always)
  public mutating func int64() throws(BinaryDecodingError) -> Int64 {
    Int64(bitPattern: try varint())
  }

  /// A field of type `uint32`.
  @inlinable @inline(__always)
  public mutating func uint32() throws(BinaryDecodingError) -> UInt32 {
    UInt32(truncatingIfNeeded: try varint())
  }

  /// A field of type `uint64`.
  @inlinable @inline(__always)
  public mutating func uint64() throws(BinaryDecodingError) -> UInt64 {
    try varint()
  }

  /// A field of type `sint32`.
  @inlinable @inline(__always)
  public mutating func sint32() throws(BinaryDecodingError) -> Int32 {
    unzigzag(UInt32(truncatingIfNeeded: try varint()))
  }

  /// A field of type `sint64`.
  @inlinable @inline(__always)
  public mutating func sint64() throws(BinaryDecodingError) -> Int64 {
    unzigzag(try varint())
  }

  /// A field of type `fixed32`.
  @inlinable @inline(__always)
  public mutating func fixed32() throws(BinaryDecodingError) -> UInt32 {
    try fourBytes()
  }

  /// A field of type `fixed64`.
  @inlinable @inline(__always)
  public mutating func fixed64() throws(BinaryDecodingError) -> UInt64 {
    try eightBytes()
  }

  /// A field of type `sfixed32`.
  @inlinable @inline(__always)
  public mutating func sfixed32() throws(BinaryDecodingError) -> Int32 {
    Int32(bitPattern: try fourBytes())
  }

  /// A field of type `sfixed64`.
  @inlinable @inline(__always)
  public mutating func sfixed64() throws(BinaryDecodingError) -> Int64 {
    Int64(bitPattern: try eightBytes())
  }

  /// A field of type `float`.
  @inlinable @inline(__always)
  public mutating func float() throws(BinaryDecodingError) -> Float {
    Float(bitPattern: try fourBytes())
  }

  /// A field of type `double`.
  @inlinable @inline(__always)
  public mutating func double() throws(BinaryDecodingError) -> Double {
    Double(bitPattern: try eightBytes())
  }

  /// A field of type `bool`.
  @inlinable @inline(__always)
  public mutating func bool() throws(BinaryDecodingError) -> Bool {
    try varint() != 0
  }

  /// A field of an enumeration.
  @inlinable @inline(__always)
  public mutating func enumeration<E: Enum>() throws(BinaryDecodingError) -> E {
    E(rawValue: try int32())
  }

  /// A field of type `string`; its UTF-8 is checked.
  @inlinable
  public mutating func string() throws(BinaryDecodingError) -> String {
    let count = try length()
    guard let text = String(checking: position, count: count, in: memoryEnd) else {
      throw .invalidUTF8
    }
    position += count
    return text
  }

  /// A field of type `bytes`.
  @inlinable
  public mutating func bytes() throws(BinaryDecodingError) -> [UInt8] {
    let count = try length()
    let value = [UInt8](UnsafeRawBufferPointer(start: position, count: count))
    position += count
    return value
  }
}
