/// How the elements of a repeated field, or the keys and values of a map, are read and written.
///
/// A coding is a type without values. Generated code names one where the Swift type alone does
/// not tell the form on the wire: `Int64` may be `int64`, `sint64` or `sfixed64`. JSON knows no such
/// difference; there the Swift type decides (`JSONValue`).
public protocol FieldCoding {
  /// The Swift type of an element.
  associatedtype Value: JSONValue

  /// The wire type of an element that is not packed.
  static var wireType: UInt32 { get }

  /// What a map entry without this part holds.
  static var zero: Value { get }

  /// Reads an element; one of a message type is merged into what `value` holds.
  static func merge(
    into value: inout Value, from reader: inout BinaryReader
  ) throws(BinaryDecodingError)

  /// Reads an element.
  static func read(from reader: inout BinaryReader) throws(BinaryDecodingError) -> Value

  /// Writes an element with its length, without its tag.
  ///
  /// Room for a scalar has been reserved.
  static func write(_ value: Value, to writer: inout BinaryWriter)
}

/// A coding whose elements are variable-length integers.
public protocol VarintCoding: FieldCoding {
  /// The element that `varint` stands for.
  static func value(_ varint: UInt64) -> Value
  /// The integer that stands for an element.
  static func varint(_ value: Value) -> UInt64
}

/// A coding whose elements lie on the wire as they do in memory.
public protocol FixedCoding: FieldCoding where Value: BitwiseCopyable & AdditiveArithmetic {}

/// A coding that a map's keys may have.
public protocol MapKeyCoding: FieldCoding where Value: JSONKey {}

/// The codings of the language's types.
public enum Wire {}

extension FieldCoding {
  /// Reads an element.
  @inlinable
  public static func read(from reader: inout BinaryReader) throws(BinaryDecodingError) -> Value {
    var value = zero
    try merge(into: &value, from: &reader)
    return value
  }
}

extension VarintCoding {
  /// A variable-length integer.
  @inlinable public static var wireType: UInt32 { WireType.varint }

  /// The element of number 0.
  @inlinable public static var zero: Value { value(0) }

  /// Reads an element.
  @inlinable @inline(__always)
  public static func merge(
    into value: inout Value, from reader: inout BinaryReader
  ) throws(BinaryDecodingError) {
    value = Self.value(try reader.varint())
  }

  /// Writes an element.
  @inlinable @inline(__always)
  public static func write(_ value: Value, to writer: inout BinaryWriter) {
    writer.varint(varint(value))
  }
}

extension FixedCoding {
  /// Four or eight bytes.
  @inlinable public static var wireType: UInt32 {
    MemoryLayout<Value>.size == 4 ? WireType.fourBytes : WireType.eightBytes
  }

  /// Zero.
  @inlinable public static var zero: Value { .zero }

  /// Reads an element.
  @inlinable @inline(__always)
  public static func merge(
    into value: inout Value, from reader: inout BinaryReader
  ) throws(BinaryDecodingError) {
    value = try reader.fixedWidth()
  }

  /// Writes an element.
  @inlinable @inline(__always)
  public static func write(_ value: Value, to writer: inout BinaryWriter) {
    writer.output.put(bits: value)
  }
}
