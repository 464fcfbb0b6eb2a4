public import Core

// The mirror of BinarySize+Collections: the same calls, writing what is counted there.
extension BinaryWriter {
  /// A field of a message type; nothing if unset.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(_ field: Int, _ value: M?) {
    if let value { message(field, present: value) }
  }

  /// A oneof's member of a message type.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(_ field: Int, present value: M) {
    tag(field, WireType.lengthDelimited)
    varint(UInt64(truncatingIfNeeded: value.encodedSize()))
    value.encode(into: &self)
  }

  /// A field of type `alphintra.type.Decimal`; nothing if unset.
  @inlinable @inline(__always)
  public mutating func decimal(_ field: Int, _ value: Decimal?) {
    if let value { decimal(field, present: value) }
  }

  /// A oneof's member of type `alphintra.type.Decimal`.
  @inlinable @inline(__always)
  public mutating func decimal(_ field: Int, present value: Decimal) {
    tag(field, WireType.lengthDelimited)
    decimalMessage(value)
  }

  @usableFromInline
  mutating func decimalMessage(_ value: Decimal) {
    // A length, field 1, a length, the text: both lengths are known once the text is written.
    let text = position + 3
    let count = value.write(to: text.assumingMemoryBound(to: UInt8.self))
    byte(UInt8(truncatingIfNeeded: count + 2))
    byte(UInt8(1 << 3 | WireType.lengthDelimited))
    byte(UInt8(truncatingIfNeeded: count))
    position = text + count
  }

  /// A repeated field, every element with its own tag.
  @inlinable
  public mutating func repeated<Coding: FieldCoding>(
    _ field: Int, _ values: [Coding.Value], _: Coding.Type
  ) {
    for value in values {
      tag(field, Coding.wireType)
      Coding.write(value, to: &self)
    }
  }

  /// A packed repeated field; nothing if empty.
  @inlinable
  public mutating func packed<Coding: FieldCoding>(
    _ field: Int, _ values: [Coding.Value], _: Coding.Type
  ) {
    if values.isEmpty { return }
    tag(field, WireType.lengthDelimited)
    varint(UInt64(truncatingIfNeeded: packedSize(values, Coding.self)))
    for value in values { Coding.write(value, to: &self) }
  }

  /// A map, an entry for each key in no particular order.
  @inlinable
  public mutating func map<Key: MapKeyCoding, Value: FieldCoding>(
    _ field: Int, _ entries: [Key.Value: Value.Value], _: Key.Type, _: Value.Type
  ) {
    for (key, value) in entries {
      tag(field, WireType.lengthDelimited)
      varint(UInt64(truncatingIfNeeded: 2 &+ Key.size(key) &+ Value.size(value)))
      tag(1, Key.wireType)
      Key.write(key, to: &self)
      tag(2, Value.wireType)
      Value.write(value, to: &self)
    }
  }
}
