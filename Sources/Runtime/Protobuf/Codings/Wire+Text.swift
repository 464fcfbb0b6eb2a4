extension Wire {
  /// Elements of type `string`.
  public enum String: FieldCoding, MapKeyCoding {
    /// A length and UTF-8.
    @inlinable public static var wireType: Swift.UInt32 { WireType.lengthDelimited }
    /// The empty text.
    @inlinable public static var zero: Swift.String { "" }
    /// Reads and checks UTF-8.
    @inlinable public static func merge(
      into value: inout Swift.String, from reader: inout BinaryReader
    ) throws(BinaryDecodingError) { value = try reader.string() }
    /// Reads and checks UTF-8.
    @inlinable public static func read(
      from reader: inout BinaryReader
    ) throws(BinaryDecodingError) -> Swift.String { try reader.string() }
    /// Writes the length and the text.
    @inlinable public static func write(_ value: Swift.String, to writer: inout BinaryWriter) {
      let count = value.utf8.count
      writer.reserve(BinaryWriter.maximumScalarSize &+ count)
      writer.text(value, count)
    }
  }

  /// Elements of type `bytes`.
  public enum Bytes: FieldCoding {
    /// A length and bytes.
    @inlinable public static var wireType: Swift.UInt32 { WireType.lengthDelimited }
    /// No bytes.
    @inlinable public static var zero: [Swift.UInt8] { [] }
    /// Copies the bytes.
    @inlinable public static func merge(
      into value: inout [Swift.UInt8], from reader: inout BinaryReader
    ) throws(BinaryDecodingError) { value = try reader.bytes() }
    /// Writes the length and the bytes.
    @inlinable public static func write(_ value: [Swift.UInt8], to writer: inout BinaryWriter) {
      writer.reserve(BinaryWriter.maximumScalarSize &+ value.count)
      writer.lengthAndBytes(value)
    }
  }
}
