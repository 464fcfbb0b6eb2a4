import ProtobufC

/// The style of the contracts, as far as it can be checked: protos/README.md says why.
///
/// What no code can be generated for, such as an RPC without an access rule, the generator refuses.
struct ContractLint {
  let contracts: ContractSet
  let diagnostics: Diagnostics

  init(_ contracts: ContractSet, _ diagnostics: Diagnostics) {
    self.contracts = contracts
    self.diagnostics = diagnostics
  }

  /// Reports every rule that is not kept, in the files that are written here.
  func check() {
    let imports = ImportUse(contracts)
    for file in contracts.schema.files where ContractKind(package: file.package).isOurs {
      checkPackage(of: file)
      imports.check(file, diagnostics)
    }
    for message in contracts.messages where kind(of: message.file).isOurs {
      checkNames(of: message)
      if kind(of: message.file) == .platform {
        checkFields(of: message)
        checkExamples(of: message)
      }
      if kind(of: message.file) != .trial { checkComments(of: message) }
    }
    for type in contracts.enums where kind(of: type.file).isOurs {
      checkNames(of: type)
      if kind(of: type.file) != .trial { checkComments(of: type) }
    }
    for service in contracts.services where kind(of: service.file).isOurs {
      checkNames(of: service)
      if kind(of: service.file) != .trial { checkComments(of: service) }
    }
    checkMethods()
  }

  /// What the package of a file is.
  func kind(of file: FileDescriptor) -> ContractKind { ContractKind(package: file.package) }

  private func checkPackage(of file: FileDescriptor) {
    let place = Place(file: file.name, line: max(file.packageLocation.line, 1))
    let folder = file.name.split(separator: "/").dropLast().joined(separator: ".")
    if folder != file.package {
      diagnostics.report(
        place, "package \(file.package) is not the file's folder",
        "move the file to \(file.package.replacing(".", with: "/"))/, or name the package \(folder)"
      )
    }
    let parts = file.package.split(separator: ".").map(String.init)
    for part in parts where !NameStyle.isLowerSnake(part) {
      diagnostics.report(
        place, "package \(file.package) has a part \"\(part)\"", "write it in lower_snake_case")
    }
    // What all contracts share has no version: it would have to move with every one of them.
    let isShared = kind(of: file) == .vocabulary || file.package == "alphintra.type"
    if !isShared, !NameStyle.isVersion(parts.last ?? "") {
      diagnostics.report(
        place, "package \(file.package) has no version",
        "end it with one, such as v1, v2 or v1alpha1")
    }
    let stem = file.name.split(separator: "/").last?.dropLast(".proto".count) ?? ""
    if !NameStyle.isLowerSnake(String(stem)) {
      diagnostics.report(place, "the file is called \(stem).proto", "write it in lower_snake_case")
    }
  }
}
