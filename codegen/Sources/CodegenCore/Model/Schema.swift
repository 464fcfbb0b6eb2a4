import ProtobufC

/// Every declaration of a request by its full name.
struct Schema {
  /// A declaration, the file it stands in and the messages around it, outermost first.
  struct Declared<Descriptor> {
    var descriptor: Descriptor
    var file: FileDescriptor
    var parents: [String]
  }

  /// All files of the request, each after what it imports.
  let files: [FileDescriptor]
  private var messages: [String: Declared<MessageDescriptor>] = [:]
  private var enums: [String: Declared<EnumDescriptor>] = [:]

  init(_ files: [FileDescriptor]) {
    self.files = files
    for file in files {
      for message in file.messages { add(message, file, parents: []) }
      for type in file.enums { add(type, file, parents: []) }
    }
  }

  func message(_ name: String) -> Declared<MessageDescriptor>? { messages[name] }

  func enumeration(_ name: String) -> Declared<EnumDescriptor>? { enums[name] }

  private mutating func add(_ message: MessageDescriptor, _ file: FileDescriptor, parents: [String])
  {
    messages[fullName(message.name, file, parents)] = Declared(
      descriptor: message, file: file, parents: parents)
    for nested in message.messages { add(nested, file, parents: parents + [message.name]) }
    for type in message.enums { add(type, file, parents: parents + [message.name]) }
  }

  private mutating func add(_ type: EnumDescriptor, _ file: FileDescriptor, parents: [String]) {
    enums[fullName(type.name, file, parents)] = Declared(
      descriptor: type, file: file, parents: parents)
  }
}

/// The full proto name of a declaration.
func fullName(_ name: String, _ file: FileDescriptor, _ parents: [String]) -> String {
  ([file.package] + parents + [name]).filter { !$0.isEmpty }.joined(separator: ".")
}
