/// The two forms of an array: text as in a literal, and binary.
enum ArrayFormat {
  /// `{"a","b \"c\"",NULL}`: section 8.15.2 of the manual.
  static func appendText<Element: PostgresArrayElement>(
    _ elements: [Element], to buffer: inout PostgresParameterBuffer
  ) {
    buffer.append(CollectionOfOne(UInt8(ascii: "{")))
    var isFirst = true
    var element = PostgresParameterBuffer()
    for value in elements {
      if !isFirst { buffer.append(CollectionOfOne(UInt8(ascii: ","))) }
      isFirst = false
      if value.isPostgresNull {
        buffer.append("NULL".utf8)
        continue
      }
      element.bytes.removeAll(keepingCapacity: true)
      value.encode(into: &element)
      buffer.bytes.append(UInt8(ascii: "\""))
      for byte in element.bytes {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          buffer.bytes.append(UInt8(ascii: "\\"))
        }
        buffer.bytes.append(byte)
      }
      buffer.bytes.append(UInt8(ascii: "\""))
    }
    buffer.bytes.append(UInt8(ascii: "}"))
  }

  /// Dimensions, a flag for NULLs, the element type, length and lower bound; then the elements, each
  /// behind its length (`array_send` in src/backend/utils/adt/arrayfuncs.c).
  static func appendBinary<Element: PostgresArrayElement>(
    _ elements: [Element], to buffer: inout PostgresParameterBuffer
  ) {
    buffer.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
    buffer.append(bigEndian: Int32(elements.contains(where: \.isPostgresNull) ? 1 : 0))
    buffer.append(bigEndian: Element.postgresType.rawValue)
    guard !elements.isEmpty else { return }
    buffer.append(bigEndian: Int32(elements.count))
    buffer.append(bigEndian: Int32(1))
    for element in elements {
      if element.isPostgresNull {
        buffer.append(bigEndian: Int32(-1))
      } else {
        buffer.appendSized { element.encode(into: &$0) }
      }
    }
  }

  static func elements<Element: PostgresArrayElement>(
    _ cell: PostgresCell
  ) throws(PostgresDecodingFailure) -> [Element] {
    var reader = Reader(rest: try cell.requireBytes())
    guard cell.type.mayBeArray else { throw .typeMismatch }
    let dimensions = try reader.integer()
    _ = try reader.integer()
    let type = PostgresType(rawValue: UInt32(bitPattern: try reader.integer()))
    if dimensions == 0 { return [] }
    guard dimensions == 1 else { throw .invalidValue("the array has \(dimensions) dimensions") }
    let count = Int(try reader.integer())
    _ = try reader.integer()
    // Each element has at least its length: a count the bytes cannot hold reserves nothing.
    guard count >= 0, count <= reader.rest.count / 4 else { throw .malformed }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count {
      elements.append(try Element(from: PostgresCell(type: type, bytes: try reader.sized())))
    }
    return elements
  }

  private struct Reader {
    var rest: UnsafeRawBufferPointer

    mutating func integer() throws(PostgresDecodingFailure) -> Int32 {
      guard rest.count >= 4 else { throw .malformed }
      defer { rest = UnsafeRawBufferPointer(rebasing: rest[4...]) }
      return Int32(bigEndian: rest.loadUnaligned(as: Int32.self))
    }

    mutating func sized() throws(PostgresDecodingFailure) -> UnsafeRawBufferPointer? {
      let length = Int(try integer())
      if length == -1 { return nil }
      guard length >= 0, length <= rest.count else { throw .malformed }
      defer { rest = UnsafeRawBufferPointer(rebasing: rest[length...]) }
      return UnsafeRawBufferPointer(rebasing: rest[..<length])
    }
  }
}
