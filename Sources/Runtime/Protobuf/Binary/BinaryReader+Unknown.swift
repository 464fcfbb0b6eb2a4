extension BinaryReader {
  /// A field the contract does not know, or one with another wire type: kept as it came.
  @inline(never)
  public mutating func unknown(
    _ tag: UInt32, into fields: inout UnknownFields
  ) throws(BinaryDecodingError) {
    let start = fieldStart
    try skip(tag)
    fields.append(UnsafeRawBufferPointer(start: start, count: position - start))
  }

  @usableFromInline @inline(never)
  mutating func skipField() throws(BinaryDecodingError) {
    try skip(try tag())
  }

  private mutating func skip(_ tag: UInt32) throws(BinaryDecodingError) {
    switch tag & 7 {
    case WireType.varint: _ = try varint()
    case WireType.eightBytes: _ = try eightBytes()
    case WireType.lengthDelimited: position += try length()
    case WireType.fourBytes: _ = try fourBytes()
    case WireType.startGroup: try skipGroup(field: tag >> 3)
    case WireType.endGroup: throw BinaryDecodingError(.unbalancedGroup)
    default: throw BinaryDecodingError(.invalidWireType)
    }
  }

  private mutating func skipGroup(field: UInt32) throws(BinaryDecodingError) {
    guard remainingDepth > 0 else { throw .depthLimit }
    remainingDepth -= 1
    while true {
      let tag = try tag()
      guard tag & 7 == WireType.endGroup else {
        try skip(tag)
        continue
      }
      guard tag >> 3 == field else { throw BinaryDecodingError(.unbalancedGroup) }
      break
    }
    remainingDepth += 1
  }
}
