/// The descriptors of contract files, for a server that describes what it serves.
///
/// The generator writes them as text, one character a byte; nothing is decoded before somebody asks.
public struct DescriptorPool: Sendable {
  /// Each a serialized `google.protobuf.FileDescriptorProto` without comments, as a text of ISO 8859-1.
  private let files: [StaticString]

  /// A pool without files: nothing can be described.
  public static let empty = DescriptorPool([])

  /// A pool of these files and, among them, all that they import; the generator writes it.
  public init(_ files: [StaticString]) { self.files = files }

  /// What some services are made of: the files that declare them, and what those import.
  ///
  /// - Throws: `BinaryDecodingError` for a file that is no descriptor.
  public func index(of services: [String]) throws -> DescriptorIndex {
    try DescriptorIndex(files.map(Self.bytes), declaring: services)
  }

  private static func bytes(of text: StaticString) -> [UInt8] {
    text.withUTF8Buffer { buffer in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(buffer.count)
      for code in buffer {
        // U+0080 to U+00FF are two code units, C2 or C3 and the byte's lower six bits.
        if code & 0xC0 == 0x80, let lead = bytes.popLast() {
          bytes.append(lead << 6 | code & 0x3F)
        } else {
          bytes.append(code)
        }
      }
      return bytes
    }
  }
}
