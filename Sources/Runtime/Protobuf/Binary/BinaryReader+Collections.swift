extension BinaryReader {
  /// One element of a repeated field that is not packed.
  @inlinable @inline(__always)
  public mutating func repeated<Coding: FieldCoding>(
    _ values: inout [Coding.Value], _: Coding.Type
  ) throws(BinaryDecodingError) {
    if values.isEmpty, Coding.wireType == WireType.lengthDelimited {
      values.reserveCapacity(runLength())
    }
    values.append(Coding.zero)
    try Coding.merge(into: &values[values.count &- 1], from: &self)
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
    // The wire is little-endian, and so is every machine this builds for (WireType.swift).
    if values.isEmpty, byteCount > 0 {
      values = Array(unsafeUninitializedCapacity: byteCount / width) { target, count in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        count = byteCount / width
      }
      return
    }
    values.reserveCapacity(values.count + byteCount / width)
    for offset in stride(from: 0, to: byteCount, by: width) {
      values.append(source.loadUnaligned(fromByteOffset: offset, as: Coding.Value.self))
    }
  }

  /// One entry of a map; a later entry with the same key replaces the value.
  @inlinable
  public mutating func map<Key: MapKeyCoding, Value: FieldCoding>(
    _ entries: inout [Key.Value: Value.Value], _: Key.Type, _: Value.Type
  ) throws(BinaryDecodingError) {
    if entries.isEmpty { entries = Dictionary(minimumCapacity: runLength()) }
    let outerEnd = try enter()
    // The usual entry: a key, a value.
    var key = nextIs(1 << 3 | Key.wireType) ? try Key.read(from: &self) : Key.zero
    var value = nextIs(2 << 3 | Value.wireType) ? try Value.read(from: &self) : Value.zero
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
    entries.updateValue(consume value, forKey: consume key)
  }

  /// Passes a tag of one byte if it comes next.
  @inlinable @inline(__always)
  mutating func nextIs(_ tag: UInt32) -> Bool {
    guard position < end, UInt32(position.load(as: UInt8.self)) == tag else { return false }
    position += 1
    return true
  }

  /// How many elements with the tag just read follow each other, the next one included; at most
  /// `longestRun`.
  ///
  /// It walks from length to length: what is reserved for them is in the message.
  @inlinable
  func runLength() -> Int {
    let tagSize = position - fieldStart
    var cursor = position
    var count = 0
    while count < Self.longestRun {
      var length = 0
      var shift = 0
      repeat {
        guard cursor < end, shift < 28 else { return Swift.max(count, 1) }
        let byte = cursor.load(as: UInt8.self)
        cursor += 1
        length |= Int(byte & 0x7f) &<< shift
        shift &+= 7
        if byte < 0x80 { break }
      } while true
      guard length <= end - cursor else { return Swift.max(count, 1) }
      cursor += length
      count &+= 1
      guard end - cursor > tagSize else { return count }
      for index in 0..<tagSize
      where cursor.load(fromByteOffset: index, as: UInt8.self)
        != fieldStart.load(fromByteOffset: index, as: UInt8.self)
      {
        return count
      }
      cursor += tagSize
    }
    return count
  }

  /// How many variable-length integers end before `end`.
  @inlinable
  func varintCount() -> Int {
    var count = 0
    var cursor = position
    while end - cursor >= 8 {
      count &+= (~cursor.word & 0x8080_8080_8080_8080).nonzeroBitCount
      cursor += 8
    }
    while cursor < end {
      count &+= cursor.load(as: UInt8.self) < 0x80 ? 1 : 0
      cursor += 1
    }
    return count
  }
}
