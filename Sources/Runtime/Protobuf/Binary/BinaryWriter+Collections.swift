public import Core

extension BinaryWriter {
  /// A field of a message type; nothing if unset.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(_ field: Int, _ value: M?) {
    if let value { message(field, present: value) }
  }

  /// A oneof's member of a message type.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(_ field: Int, present value: M) {
    reserve()
    tag(field, WireType.lengthDelimited)
    let begin = beginLength()
    value.encode(into: &self)
    endLength(begin)
  }

  /// A field of type `alphintra.type.Decimal`; nothing if unset.
  @inlinable @inline(__always)
  public mutating func decimal(_ field: Int, _ value: Decimal?) {
    if let value { decimal(field, present: value) }
  }

  /// A oneof's member of type `alphintra.type.Decimal`.
  @inlinable @inline(__always)
  public mutating func decimal(_ field: Int, present value: Decimal) {
    reserve()
    tag(field, WireType.lengthDelimited)
    decimalMessage(value)
  }

  @usableFromInline
  mutating func decimalMessage(_ value: Decimal) {
    // A length, field 1, a length, the text: both lengths take one byte.
    reserve(3 + Decimal.maxUTF8Count)
    let text = output.position + 3
    let count = value.write(to: text.assumingMemoryBound(to: UInt8.self))
    output.put(UInt8(truncatingIfNeeded: count + 2))
    output.put(UInt8(1 << 3 | WireType.lengthDelimited))
    output.put(UInt8(truncatingIfNeeded: count))
    output.position = text + count
  }

  /// A repeated field, every element with its own tag.
  @inlinable
  public mutating func repeated<Coding: FieldCoding>(
    _ field: Int, _ values: [Coding.Value], _: Coding.Type
  ) {
    for value in values {
      reserve()
      tag(field, Coding.wireType)
      Coding.write(value, to: &self)
    }
  }

  /// A packed repeated field; nothing if empty.
  @inlinable
  public mutating func packed<Coding: VarintCoding>(
    _ field: Int, _ values: [Coding.Value], _: Coding.Type
  ) {
    if values.isEmpty { return }
    reserve()
    tag(field, WireType.lengthDelimited)
    let begin = beginLength()
    for value in values {
      reserve()
      Coding.write(value, to: &self)
    }
    endLength(begin)
  }

  /// A packed repeated field of a fixed width; nothing if empty.
  @inlinable
  public mutating func packed<Coding: FixedCoding>(
    _ field: Int, _ values: [Coding.Value], _: Coding.Type
  ) {
    if values.isEmpty { return }
    values.withUnsafeBytes { bytes in
      reserve(Self.maximumScalarSize &+ bytes.count)
      tag(field, WireType.lengthDelimited)
      varint(UInt64(truncatingIfNeeded: bytes.count))
      // The wire is little-endian, and so is every machine this builds for (WireType.swift).
      output.put(bytes)
    }
  }

  /// A map, an entry for each key in no particular order.
  @inlinable
  public mutating func map<Key: MapKeyCoding, Value: FieldCoding>(
    _ field: Int, _ entries: [Key.Value: Value.Value], _: Key.Type, _: Value.Type
  ) {
    for (key, value) in entries {
      reserve()
      tag(field, WireType.lengthDelimited)
      let begin = beginLength()
      reserve()
      tag(1, Key.wireType)
      Key.write(key, to: &self)
      reserve()
      tag(2, Value.wireType)
      Value.write(value, to: &self)
      endLength(begin)
    }
  }
}
