internal import Core

extension BinaryReader {
  /// A field of a message type, merged into what it already holds.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(_ value: inout M?) throws(BinaryDecodingError) {
    if value == nil { value = M() }
    try mergePresent(&value)
  }

  // Optional chaining keeps the value in place; a copy out and in would cost a retain per field.
  @inlinable @inline(__always)
  mutating func mergePresent<M: Message>(_ value: inout M?) throws(BinaryDecodingError) {
    try value?.mergeNested(from: &self)
  }

  /// A member of a oneof or an element, merged into what it already holds.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(_ value: inout M) throws(BinaryDecodingError) {
    try value.mergeNested(from: &self)
  }

  /// Narrows the reader to the next length-delimited value; returns the end to go back to.
  @inlinable @inline(__always)
  mutating func enter() throws(BinaryDecodingError) -> UnsafeRawPointer {
    let count = try length()
    let outerEnd = end
    end = position + count
    return outerEnd
  }

  /// The error as the message `M` sees it, which was reading the field at `fieldStart`.
  @usableFromInline @inline(never)
  mutating func located(
    _ error: BinaryDecodingError, in names: FieldNames
  ) -> BinaryDecodingError {
    var reader = BinaryReader(start: fieldStart, count: end - fieldStart)
    guard fieldStart < end, let tag = try? reader.tag() else { return error }
    return error.nested(in: names.name(of: Int(tag >> 3)))
  }
}

extension Message {
  /// Reads a length and as many bytes of fields.
  @inlinable
  mutating func mergeNested(from reader: inout BinaryReader) throws(BinaryDecodingError) {
    let fieldStart = reader.fieldStart
    let outerEnd = try reader.enter()
    guard reader.remainingDepth > 0 else { throw .depthLimit }
    reader.remainingDepth &-= 1
    do throws(BinaryDecodingError) {
      try merge(from: &reader)
    } catch {
      let located = reader.located(error, in: Self.fields)
      // The holder of this field names it next.
      reader.fieldStart = fieldStart
      reader.end = outerEnd
      throw located
    }
    reader.end = outerEnd
    reader.remainingDepth &+= 1
  }
}
