import Protobuf

/// What of a `google.protobuf.FileDescriptorProto` finding its declarations takes.
struct FileDeclaration: Sendable {
  var name = ""
  var package = ""
  var dependencies: [String] = []
  var declarations: [Declaration] = []
  /// The whole descriptor, serialized.
  let bytes: [UInt8]

  /// What stands before the names of the file's declarations.
  var scope: String { package.isEmpty ? "" : package + "." }

  init(_ bytes: [UInt8]) throws(BinaryDecodingError) {
    self.bytes = bytes
    try readFields(of: bytes) { (number, reader) throws(BinaryDecodingError) in
      switch number {
      case 1: name = try reader.string()
      case 2: package = try reader.string()
      case 3: dependencies.append(try reader.string())
      case 4: declarations.append(try Declaration(.message, reader.bytes()))
      case 5: declarations.append(try Declaration(.enumeration, reader.bytes()))
      case 6: declarations.append(try Declaration(.service, reader.bytes()))
      case 7: declarations.append(try Declaration(.field, reader.bytes()))
      default: return false
      }
      return true
    }
  }
}

/// Something with a name: the descriptors of `google/protobuf/descriptor.proto` all have theirs in
/// field 1.
struct Declaration: Sendable {
  enum Kind: Sendable {
    case message, enumeration, service, field
    /// An RPC, an enum's value, a oneof.
    case leaf

    /// What a field of such a descriptor declares; nil if it declares nothing.
    func declared(by field: UInt32) -> Kind? {
      switch (self, field) {
      case (.message, 2), (.message, 6): .field
      case (.message, 3): .message
      case (.message, 4): .enumeration
      case (.message, 8), (.enumeration, 2), (.service, 2): .leaf
      default: nil
      }
    }
  }

  let kind: Kind
  var name = ""
  /// The message that an extension extends; empty for all else.
  var extendee = ""
  /// The number of a field or an extension.
  var number: Int32 = 0
  var children: [Declaration] = []

  init(_ kind: Kind, _ bytes: [UInt8]) throws(BinaryDecodingError) {
    self.kind = kind
    try readFields(of: bytes) { (field, reader) throws(BinaryDecodingError) in
      if let declared = kind.declared(by: field) {
        children.append(try Declaration(declared, reader.bytes()))
        return true
      }
      switch (kind, field) {
      case (_, 1): name = try reader.string()
      case (.field, 2): extendee = try reader.string()
      case (.field, 3): number = try reader.int32()
      default: return false
      }
      return true
    }
  }
}

/// Reads the fields of a message.
///
/// - Parameter read: reads the value of a field; false where it has not.
private func readFields(
  of bytes: [UInt8],
  _ read: (UInt32, inout BinaryReader) throws(BinaryDecodingError) -> Bool
) throws(BinaryDecodingError) {
  try bytes.withUnsafeBufferPointer { buffer throws(BinaryDecodingError) in
    guard let start = UnsafeRawPointer(buffer.baseAddress) else { return }
    var reader = BinaryReader(start: start, count: buffer.count)
    var unread = UnknownFields()
    while let tag = try reader.nextTag() {
      if try !read(tag >> 3, &reader) { try reader.unknown(tag, into: &unread) }
    }
  }
}
