internal import CProtobufC

/// The elements of a C array of pointers; protobuf-c leaves none of them null.
func elements<Element>(
  _ array: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?, _ count: Int
) -> [UnsafeMutablePointer<Element>] {
  UnsafeBufferPointer(start: array, count: array == nil ? 0 : count).compactMap { $0 }
}

/// The text of a C string; null is the empty text.
func string(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
  pointer.map { String(cString: $0) } ?? ""
}

/// A type name without the dot that marks it as fully qualified.
func typeName(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
  let name = string(pointer)
  return name.hasPrefix(".") ? String(name.dropFirst()) : name
}

/// The Swift case for the number of a C enum.
func swiftCase<Case: RawRepresentable<Int>>(
  _ value: some BinaryInteger, field: String
) throws(ProtobufCError) -> Case {
  guard let swiftCase = Case(rawValue: Int(value)) else {
    throw .unsupported(field: field, value: Int(value))
  }
  return swiftCase
}

/// The options protobuf-c found no field for, in the order of the wire.
func customOptions(_ message: ProtobufCMessage) -> [CustomOption] {
  UnsafeBufferPointer(start: message.unknown_fields, count: Int(message.n_unknown_fields)).map {
    var value = Array(UnsafeBufferPointer(start: $0.data, count: $0.len))
    let wireType = Int($0.wire_type.rawValue)
    if $0.wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED {
      // protobuf-c keeps the length in front of the content.
      let prefix = value.prefix { $0 & 0x80 != 0 }.count + 1
      value.removeFirst(min(prefix, value.count))
    }
    return CustomOption(number: Int32(bitPattern: $0.tag), wireType: wireType, value: value)
  }
}
