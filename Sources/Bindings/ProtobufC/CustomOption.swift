/// One occurrence of an option that `descriptor.proto` does not declare.
public struct CustomOption: Sendable, Hashable {
  /// The number of the extension field.
  public var number: Int32
  /// The wire type of the value: 0 varint, 1 eight bytes, 2 delimited, 5 four bytes.
  public var wireType: Int
  /// The value as on the wire; of a delimited one the content, without its length.
  public var value: [UInt8]

  /// Creates an option.
  public init(number: Int32, wireType: Int, value: [UInt8]) {
    self.number = number
    self.wireType = wireType
    self.value = value
  }
}
