/// What `Timestamp` and `Duration` have in common: the same two fields.
enum SecondsAndNanos {
  static let nanosPerSecond: Int32 = 1_000_000_000

  static let fields = FieldNames([
    .field(1, "seconds", "seconds"),
    .field(2, "nanos", "nanos"),
  ])

  static func merge(
    _ seconds: inout Int64, _ nanos: inout Int32, _ unknownFields: inout UnknownFields,
    from reader: inout BinaryReader
  ) throws(BinaryDecodingError) {
    while let tag = try reader.nextTag() {
      switch tag {
      case 8: seconds = try reader.int64()
      case 16: nanos = try reader.int32()
      default: try reader.unknown(tag, into: &unknownFields)
      }
    }
  }

  static func encode(
    _ seconds: Int64, _ nanos: Int32, _ unknownFields: UnknownFields,
    into writer: inout BinaryWriter
  ) {
    writer.int64(1, seconds)
    writer.int32(2, nanos)
    writer.unknownFields(unknownFields)
  }
}
