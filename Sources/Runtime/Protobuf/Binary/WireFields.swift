/// The fields of a message in binary form, unread.
enum WireFields {
  /// One field as it lies on the wire.
  struct Field {
    /// Its number.
    let number: Int
    /// All of it, the tag included.
    let bytes: ArraySlice<UInt8>
    /// What is behind the length; for a field without a length, nothing.
    let content: ArraySlice<UInt8>
  }

  /// Takes a message apart.
  static func all(in bytes: ArraySlice<UInt8>) throws(BinaryDecodingError) -> [Field] {
    try bytes.withUnsafeBufferPointer { buffer throws(BinaryDecodingError) in
      guard let start = UnsafeRawPointer(buffer.baseAddress) else { return [] }
      var fields: [Field] = []
      var reader = BinaryReader(start: start, count: buffer.count)
      while reader.position < reader.end {
        let first = bytes.startIndex + (reader.position - start)
        var content = reader
        let tag = try content.tag()
        try reader.skipField()
        let last = bytes.startIndex + (reader.position - start)
        var length = 0
        if tag & 7 == WireType.lengthDelimited { length = try content.length() }
        fields.append(
          Field(
            number: Int(tag >> 3), bytes: bytes[first..<last],
            content: bytes[(last - length)..<last]))
      }
      return fields
    }
  }
}
