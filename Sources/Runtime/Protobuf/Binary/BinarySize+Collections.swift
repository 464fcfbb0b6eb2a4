public import Core

extension BinarySize {
  /// A field of a message type; nothing if unset.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(_ field: Int, _ value: M?) {
    if let value { message(field, present: value) }
  }

  /// A oneof's member of a message type.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(_ field: Int, present value: M) {
    total &+= tagSize(field) &+ lengthDelimitedSize(value.encodedSize())
  }

  /// A field of type `alphintra.type.Decimal`; nothing if unset.
  @inlinable @inline(__always)
  public mutating func decimal(_ field: Int, _ value: Decimal?) {
    if let value { decimal(field, present: value) }
  }

  /// A oneof's member of type `alphintra.type.Decimal`.
  @inlinable @inline(__always)
  public mutating func decimal(_ field: Int, present value: Decimal) {
    total &+= tagSize(field) &+ decimalSize(value)
  }

  /// A repeated field, every element with its own tag.
  @inlinable
  public mutating func repeated<Coding: FieldCoding>(
    _ field: Int, _ values: [Coding.Value], _: Coding.Type
  ) {
    total &+= tagSize(field) &* values.count
    for value in values { total &+= Coding.size(value) }
  }

  /// A packed repeated field; nothing if empty.
  @inlinable
  public mutating func packed<Coding: FieldCoding>(
    _ field: Int, _ values: [Coding.Value], _: Coding.Type
  ) {
    if values.isEmpty { return }
    total &+= tagSize(field) &+ lengthDelimitedSize(packedSize(values, Coding.self))
  }

  /// A map, an entry for each key.
  @inlinable
  public mutating func map<Key: MapKeyCoding, Value: FieldCoding>(
    _ field: Int, _ entries: [Key.Value: Value.Value], _: Key.Type, _: Value.Type
  ) {
    total &+= tagSize(field) &* entries.count
    for (key, value) in entries {
      total &+= lengthDelimitedSize(2 &+ Key.size(key) &+ Value.size(value))
    }
  }
}

@inlinable
func packedSize<Coding: FieldCoding>(_ values: [Coding.Value], _: Coding.Type) -> Int {
  var size = 0
  for value in values { size &+= Coding.size(value) }
  return size
}

/// The length of the message that holds a decimal's text, and that message.
@usableFromInline
func decimalSize(_ value: Decimal) -> Int {
  // At most 40 characters, so that both lengths take one byte.
  1 + 2 + value.utf8Count
}
