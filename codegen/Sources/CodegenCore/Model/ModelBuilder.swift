import ProtobufC

/// Turns the descriptors of a request into the model, and notes what no code can be made of.
final class ModelBuilder {
  let schema: Schema
  let types: TypeCatalog
  let options: OptionReader
  let diagnostics: Diagnostics
  private let parameters: Parameters
  private let recursion: Recursion
  /// What is stated about RPCs of files that are left as they are.
  let vendored: VendoredOptions
  /// The messages that have something to check.
  let checked: CheckedMessages
  private var messages: [String: MessageModel] = [:]

  init(_ schema: Schema, _ parameters: Parameters, _ diagnostics: Diagnostics) {
    self.schema = schema
    self.parameters = parameters
    self.diagnostics = diagnostics
    types = TypeCatalog(schema, parameters)
    options = OptionReader(schema)
    vendored = VendoredOptions(schema, options, diagnostics)
    recursion = Recursion(schema)
    checked = CheckedMessages(schema, options)
  }

  /// The packages of these files, in the order of their names.
  func packages(of fileNames: Set<String>) -> [PackageModel] {
    let files = schema.files.filter {
      fileNames.contains($0.name) && !vendored.files.contains($0.name)
    }.sorted { $0.name < $1.name }
    for file in files { checkFile(file) }
    return Dictionary(grouping: files, by: \.package).sorted { $0.key < $1.key }.map {
      package, files in
      PackageModel(
        proto: package, name: parameters.name(ofPackage: package), files: files.map(model))
    }
  }

  /// The model of a message that generated code can name; nil for the runtime's own types.
  func message(_ name: String) -> MessageModel? {
    if let known = messages[name] { return known }
    guard let declared = schema.message(name), let type = types[name], type.module != "Protobuf"
    else { return nil }
    let model = MessageBuilder(self, declared, type, recursion).build()
    messages[name] = model
    return model
  }

  /// The options of an element; notes bytes that do not follow the declarations.
  func read(_ options: [CustomOption], of extendee: String, at place: Place) -> OptionMessage {
    do throws(OptionError) {
      return try self.options.read(options, of: "google.protobuf.\(extendee)")
    } catch {
      diagnostics.report(
        place, "an option cannot be read (\(error))", "generate with the protoc of this system")
      return OptionMessage()
    }
  }

  private func model(_ file: FileDescriptor) -> FileModel {
    FileModel(
      path: file.name,
      messages: file.messages.compactMap { message(fullName($0.name, file, [])) },
      enums: file.enums.compactMap { enumeration($0, fullName($0.name, file, []), file) },
      services: file.services.map { service($0, in: file) })
  }

  private func checkFile(_ file: FileDescriptor) {
    let top = Place(file: file.name, line: 1)
    switch file.syntax {
    case .proto3: break
    case .proto2:
      diagnostics.report(top, "proto2 is not supported", "state `syntax = \"proto3\";`")
    case .other(let syntax):
      diagnostics.report(
        top, "\(syntax) are not supported", "state `syntax = \"proto3\";` instead of an edition")
    }
    if file.package.isEmpty {
      diagnostics.report(
        top, "the file states no package",
        "state one with a version, such as `package alphintra.trading.v1;`")
    }
    for field in file.extensions { checkExtension(field, file) }
  }

  /// Options are declared by extending descriptor.proto; no other message can be extended.
  func checkExtension(_ field: FieldDescriptor, _ file: FileDescriptor) {
    guard !field.extendee.hasPrefix("google.protobuf.") else { return }
    diagnostics.report(
      Place(file: file.name, line: field.location.line),
      "extension \(field.name) of \(field.extendee) is not supported",
      "declare a field in the message itself")
  }
}
