extension BinaryReader {
  /// One element of a repeated field that is not packed.
  @inlinable @inline(__always)
  public mutating func repeated<Coding: FieldCoding>(
    _ values: inout [Coding.Value], _: Coding.Type
  ) throws(BinaryDecodingError) {
    if values.isEmpty, Coding.wireType == WireType.lengthDelimited {
      values.reserveCapacity(estimatedCount(stride: MemoryLayout<Coding.Value>.stride))
    }
    var value = Coding.zero
    try Coding.merge(into: &value, from: &self)
    values.append(value)
  }

  /// A packed repeated field of variable-length integers.
  @inlinable
  public mutating func packed<Coding: VarintCoding>(
    _ values: inout [Coding.Value], _: Coding.Type
  ) throws(BinaryDecodingError) {
    let outerEnd = try enter()
    values.reserveCapacity(values.count + varintCount())
    while position < end { values.append(Coding.value(try varint())) }
    end = outerEnd
  }

  /// A packed repeated field of a fixed width.
  @inlinable
  public mutating func packed<Coding: FixedCoding>(
    _ values: inout [Coding.Value], _: Coding.Type
  ) throws(BinaryDecodingError) {
    let byteCount = try length()
    let width = MemoryLayout<Coding.Value>.size
    guard byteCount % width == 0 else { throw .truncated }
    let source = UnsafeRawBufferPointer(start: position, count: byteCount)
    position += byteCount
    let old = values.count
    values.reserveCapacity(old + byteCount / width)
    // The wire is little-endian, and so is every machine this builds for (WireType.swift).
    for offset in stride(from: 0, to: byteCount, by: width) {
      values.append(source.loadUnaligned(fromByteOffset: offset, as: Coding.Value.self))
    }
  }

  /// One entry of a map; a later entry with the same key replaces the value.
  @inlinable
  public mutating func map<Key: MapKeyCoding, Value: FieldCoding>(
    _ entries: inout [Key.Value: Value.Value], _: Key.Type, _: Value.Type
  ) throws(BinaryDecodingError) {
    var key = Key.zero
    var value = Value.zero
    let outerEnd = try enter()
    while position < end {
      let start = position
      let tag = try tag()
      if tag == 1 << 3 | Key.wireType {
        try Key.merge(into: &key, from: &self)
      } else if tag == 2 << 3 | Value.wireType {
        try Value.merge(into: &value, from: &self)
      } else {
        // An entry is not a message of its own, so it has no place for unknown fields.
        position = start
        try skipField()
      }
    }
    end = outerEnd
    entries[key] = value
  }

  /// How many elements like the next one fit in the rest.
  ///
  /// At most 4,096 and at most eight times the memory of the rest: a short first element in front
  /// of a deep nest must not reserve much at every level.
  @inlinable @inline(__always)
  func estimatedCount(stride: Int) -> Int {
    guard position < end else { return 1 }
    let rest = end - position
    let first = position.load(as: UInt8.self)
    let size = first < 0x80 ? Int(first) : 128
    return Swift.min(rest / (size &+ 2), 8 &* rest / stride, 4095) &+ 1
  }

  /// How many variable-length integers end before `end`.
  @inlinable
  func varintCount() -> Int {
    var count = 0
    var cursor = position
    while cursor < end {
      count &+= cursor.load(as: UInt8.self) < 0x80 ? 1 : 0
      cursor += 1
    }
    return count
  }
}
