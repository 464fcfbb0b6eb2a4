import ProtobufC

/// Finds the fields through which a message contains itself: a struct cannot, so these are boxed.
///
/// Repeated fields and maps do not count: an array or dictionary is a reference already.
struct Recursion {
  /// For each message the messages its singular fields hold.
  private var contained: [String: Set<String>] = [:]

  init(_ schema: Schema) {
    for file in schema.files {
      for message in file.messages { add(message, file, parents: []) }
    }
  }

  /// Whether a field of this type makes the message contain itself.
  func isRecursive(_ message: String, fieldType: String) -> Bool {
    var seen: Set<String> = []
    var open = [fieldType]
    while let next = open.popLast() {
      if next == message { return true }
      guard seen.insert(next).inserted else { continue }
      open += contained[next] ?? []
    }
    return false
  }

  private mutating func add(_ message: MessageDescriptor, _ file: FileDescriptor, parents: [String])
  {
    contained[fullName(message.name, file, parents)] = Set(
      message.fields.filter { $0.type == .message && $0.label != .repeated }.map(\.typeName))
    for nested in message.messages { add(nested, file, parents: parents + [message.name]) }
  }
}
