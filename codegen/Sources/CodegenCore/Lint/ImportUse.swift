import ProtobufC

/// Which files use declarations of which others.
struct ImportUse {
  private let contracts: ContractSet
  /// The file that declares a type.
  private var typeFiles: [String: String] = [:]
  /// The file that declares an option, by the options message it extends and its number.
  private var optionFiles: [String: String] = [:]
  private var publicImports: [String: [String]] = [:]

  init(_ contracts: ContractSet) {
    self.contracts = contracts
    for message in contracts.messages { typeFiles[message.name] = message.file.name }
    for type in contracts.enums { typeFiles[type.name] = type.file.name }
    for file in contracts.schema.files {
      publicImports[file.name] = file.publicDependencies
      for field in file.extensions {
        optionFiles["\(field.extendee) \(field.number)"] = file.name
      }
    }
  }

  /// Reports the imports of a file that it uses nothing of.
  func check(_ file: FileDescriptor, _ diagnostics: Diagnostics) {
    let used = usedFiles(by: file)
    for (index, name) in file.dependencies.enumerated()
    where !file.publicDependencies.contains(name) && reachable(from: name).isDisjoint(with: used) {
      diagnostics.report(
        Place(file: file.name, line: file.dependencyLocations[index].line),
        "the import of \(name) is not used", "drop it")
    }
  }

  /// A file with what it imports publicly.
  private func reachable(from name: String) -> Set<String> {
    var reached: Set<String> = []
    var open = [name]
    while let next = open.popLast() {
      guard reached.insert(next).inserted else { continue }
      open += publicImports[next] ?? []
    }
    return reached
  }

  private func usedFiles(by file: FileDescriptor) -> Set<String> {
    var use = Use()
    use.options("FileOptions", file.options)
    for message in file.messages { use.message(message) }
    for type in file.enums { use.enumeration(type) }
    for field in file.extensions { use.field(field) }
    for service in file.services {
      use.options("ServiceOptions", service.options)
      for method in service.methods {
        use.types += [method.inputType, method.outputType]
        use.options("MethodOptions", method.options)
      }
    }
    return Set(
      use.types.compactMap { typeFiles[$0] } + use.options.compactMap { optionFiles[$0] })
  }
}

/// What the declarations of one file refer to.
private struct Use {
  var types: [String] = []
  var options: [String] = []

  mutating func options(_ extendee: String, _ stated: [CustomOption]) {
    options += stated.map { "google.protobuf.\(extendee) \($0.number)" }
  }

  mutating func field(_ field: FieldDescriptor) {
    types += [field.typeName, field.extendee]
    options("FieldOptions", field.options)
  }

  mutating func enumeration(_ type: EnumDescriptor) {
    options("EnumOptions", type.options)
    for value in type.values { options("EnumValueOptions", value.options) }
  }

  mutating func message(_ message: MessageDescriptor) {
    options("MessageOptions", message.options)
    for field in message.fields + message.extensions { self.field(field) }
    for oneof in message.oneofs { options("OneofOptions", oneof.options) }
    for nested in message.messages { self.message(nested) }
    for type in message.enums { enumeration(type) }
  }
}
