// For each type of the language two methods: one for a field without presence, which is written
// unless it has its default value, and one (`present:`) for an optional field or a oneof's member.
extension BinaryWriter {
  /// A field of type `int32` without presence.
  @inlinable @inline(__always)
  public mutating func int32(_ field: Int, _ value: Int32) {
    if value != 0 { int32(field, present: value) }
  }

  /// A field of type `int32` that is set.
  @inlinable @inline(__always)
  public mutating func int32(_ field: Int, present value: Int32) {
    reserve()
    tag(field, WireType.varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A field of type `int64` without presence.
  @inlinable @inline(__always)
  public mutating func int64(_ field: Int, _ value: Int64) {
    if value != 0 { int64(field, present: value) }
  }

  /// A field of type `int64` that is set.
  @inlinable @inline(__always)
  public mutating func int64(_ field: Int, present value: Int64) {
    reserve()
    tag(field, WireType.varint)
    varint(UInt64(bitPattern: value))
  }

  /// A field of type `uint32` without presence.
  @inlinable @inline(__always)
  public mutating func uint32(_ field: Int, _ value: UInt32) {
    if value != 0 { uint32(field, present: value) }
  }

  /// A field of type `uint32` that is set.
  @inlinable @inline(__always)
  public mutating func uint32(_ field: Int, present value: UInt32) {
    reserve()
    tag(field, WireType.varint)
    varint(UInt64(value))
  }

  /// A field of type `uint64` without presence.
  @inlinable @inline(__always)
  public mutating func uint64(_ field: Int, _ value: UInt64) {
    if value != 0 { uint64(field, present: value) }
  }

  /// A field of type `uint64` that is set.
  @inlinable @inline(__always)
  public mutating func uint64(_ field: Int, present value: UInt64) {
    reserve()
    tag(field, WireType.varint)
    varint(value)
  }

  /// A field of type `sint32` without presence.
  @inlinable @inline(__always)
  public mutating func sint32(_ field: Int, _ value: Int32) {
    if value != 0 { sint32(field, present: value) }
  }

  /// A field of type `sint32` that is set.
  @inlinable @inline(__always)
  public mutating func sint32(_ field: Int, present value: Int32) {
    reserve()
    tag(field, WireType.varint)
    varint(zigzag(value))
  }

  /// A field of type `sint64` without presence.
  @inlinable @inline(__always)
  public mutating func sint64(_ field: Int, _ value: Int64) {
    if value != 0 { sint64(field, present: value) }
  }

  /// A field of type `sint64` that is set.
  @inlinable @inline(__always)
  public mutating func sint64(_ field: Int, present value: Int64) {
    reserve()
    tag(field, WireType.varint)
    varint(zigzag(value))
  }

  /// A field of type `fixed32` without presence.
  @inlinable @inline(__always)
  public mutating func fixed32(_ field: Int, _ value: UInt32) {
    if value != 0 { fixed32(field, present: value) }
  }

  /// A field of type `fixed32` that is set.
  @inlinable @inline(__always)
  public mutating func fixed32(_ field: Int, present value: UInt32) {
    reserve()
    tag(field, WireType.fourBytes)
    output.put(bits: value)
  }

  /// A field of type `fixed64` without presence.
  @inlinable @inline(__always)
  public mutating func fixed64(_ field: Int, _ value: UInt64) {
    if value != 0 { fixed64(field, present: value) }
  }

  /// A field of type `fixed64` that is set.
  @inlinable @inline(__always)
  public mutating func fixed64(_ field: Int, present value: UInt64) {
    reserve()
    tag(field, WireType.eightBytes)
    output.put(bits: value)
  }

  /// A field of type `sfixed32` without presence.
  @inlinable @inline(__always)
  public mutating func sfixed32(_ field: Int, _ value: Int32) {
    if value != 0 { sfixed32(field, present: value) }
  }

  /// A field of type `sfixed32` that is set.
  @inlinable @inline(__always)
  public mutating func sfixed32(_ field: Int, present value: Int32) {
    reserve()
    tag(field, WireType.fourBytes)
    output.put(bits: UInt32(bitPattern: value))
  }

  /// A field of type `sfixed64` without presence.
  @inlinable @inline(__always)
  public mutating func sfixed64(_ field: Int, _ value: Int64) {
    if value != 0 { sfixed64(field, present: value) }
  }

  /// A field of type `sfixed64` that is set.
  @inlinable @inline(__always)
  public mutating func sfixed64(_ field: Int, present value: Int64) {
    reserve()
    tag(field, WireType.eightBytes)
    output.put(bits: UInt64(bitPattern: value))
  }

  /// A field of type `float` without presence.
  @inlinable @inline(__always)
  public mutating func float(_ field: Int, _ value: Float) {
    if value.bitPattern != 0 { float(field, present: value) }
  }

  /// A field of type `float` that is set.
  @inlinable @inline(__always)
  public mutating func float(_ field: Int, present value: Float) {
    reserve()
    tag(field, WireType.fourBytes)
    output.put(bits: value.bitPattern)
  }

  /// A field of type `double` without presence.
  @inlinable @inline(__always)
  public mutating func double(_ field: Int, _ value: Double) {
    if value.bitPattern != 0 { double(field, present: value) }
  }

  /// A field of type `double` that is set.
  @inlinable @inline(__always)
  public mutating func double(_ field: Int, present value: Double) {
    reserve()
    tag(field, WireType.eightBytes)
    output.put(bits: value.bitPattern)
  }

  /// A field of type `bool` without presence.
  @inlinable @inline(__always)
  public mutating func bool(_ field: Int, _ value: Bool) {
    if value { bool(field, present: value) }
  }

  /// A field of type `bool` that is set.
  @inlinable @inline(__always)
  public mutating func bool(_ field: Int, present value: Bool) {
    reserve()
    tag(field, WireType.varint)
    output.put(value ? 1 : 0)
  }

  /// A field of an enumeration type without presence.
  @inlinable @inline(__always)
  public mutating func enumeration<E: Enum>(_ field: Int, _ value: E) {
    if value.rawValue != 0 { enumeration(field, present: value) }
  }

  /// A field of an enumeration type that is set.
  @inlinable @inline(__always)
  public mutating func enumeration<E: Enum>(_ field: Int, present value: E) {
    reserve()
    tag(field, WireType.varint)
    varint(UInt64(bitPattern: Int64(value.rawValue)))
  }

  /// A field of type `string` without presence.
  @inlinable @inline(__always)
  public mutating func string(_ field: Int, _ value: String) {
    if !value.isEmpty { string(field, present: value) }
  }

  /// A field of type `string` that is set.
  @inlinable @inline(__always)
  public mutating func string(_ field: Int, present value: String) {
    let count = value.utf8.count
    reserve(Self.maximumScalarSize &+ count)
    tag(field, WireType.lengthDelimited)
    text(value, count)
  }

  /// A field of type `bytes` without presence.
  @inlinable @inline(__always)
  public mutating func bytes(_ field: Int, _ value: [UInt8]) {
    if !value.isEmpty { bytes(field, present: value) }
  }

  /// A field of type `bytes` that is set.
  @inlinable @inline(__always)
  public mutating func bytes(_ field: Int, present value: [UInt8]) {
    reserve(Self.maximumScalarSize &+ value.count)
    tag(field, WireType.lengthDelimited)
    lengthAndBytes(value)
  }
}
