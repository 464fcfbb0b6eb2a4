public import Core

extension Wire {
  /// Elements of an enumeration.
  public enum Enum<E: Protobuf.Enum>: VarintCoding {
    /// The Swift type.
    public typealias Value = E
    /// The case with this number, or `unrecognized`.
    @inlinable public static func value(_ varint: Swift.UInt64) -> E {
      E(rawValue: Swift.Int32(truncatingIfNeeded: varint))
    }
    /// The number, its sign extended to 64 bits.
    @inlinable public static func varint(_ value: E) -> Swift.UInt64 {
      Swift.UInt64(bitPattern: Swift.Int64(value.rawValue))
    }
  }

  /// Elements of a message type.
  public enum Message<M: Protobuf.Message>: FieldCoding {
    /// A length and fields.
    @inlinable public static var wireType: Swift.UInt32 { WireType.lengthDelimited }
    /// The message with every field unset.
    @inlinable public static var zero: M { M() }
    /// Merges the fields into what `value` holds.
    @inlinable public static func merge(
      into value: inout M, from reader: inout BinaryReader
    ) throws(BinaryDecodingError) { try reader.message(&value) }
    /// Writes the length and the fields.
    @inlinable public static func write(_ value: M, to writer: inout BinaryWriter) {
      let begin = writer.beginLength()
      value.encode(into: &writer)
      writer.endLength(begin)
    }
  }

  /// Elements of type `alphintra.type.Decimal`.
  public enum Decimal: FieldCoding {
    /// A message.
    @inlinable public static var wireType: Swift.UInt32 { WireType.lengthDelimited }
    /// Zero.
    @inlinable public static var zero: Core.Decimal { .zero }
    /// Reads the number.
    @inlinable public static func merge(
      into value: inout Core.Decimal, from reader: inout BinaryReader
    ) throws(BinaryDecodingError) { value = try reader.decimal() }
    /// Writes the length and the message.
    @inlinable public static func write(_ value: Core.Decimal, to writer: inout BinaryWriter) {
      writer.decimalMessage(value)
    }
  }
}
