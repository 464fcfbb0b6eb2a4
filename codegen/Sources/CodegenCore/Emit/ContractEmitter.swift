/// The files of a contract: the namespace with its topics, and for each `.proto` file its messages
/// (`order.pb.swift`) and its services (`trading_service.rpc.swift`).
struct ContractEmitter {
  private let package: PackageModel

  init(_ package: PackageModel) { self.package = package }

  var files: [SwiftFile] {
    [namespace] + package.files.flatMap { [messages(of: $0), services(of: $0)].compactMap { $0 } }
  }

  private var namespace: SwiftFile {
    var writer = SwiftWriter()
    writer.line("/// The messages and services of package `\(package.proto)`.")
    let messages = package.files.flatMap(\.allMessages)
    if messages.isEmpty {
      writer.line("public enum \(package.name.namespace) {}")
    } else {
      writer.block("public enum \(package.name.namespace) {") { writer in
        if !package.topics.isEmpty {
          TopicsEmitter(package).emit(into: &writer)
          writer.line()
        }
        writer.line("/// The messages, for a registry of what an `Any` may hold.")
        writer.block(
          "public static let messages: [any Protobuf.Message.Type] = [", closing: "]"
        ) { writer in
          for message in messages { writer.line("\(message.type.qualified).self,") }
        }
      }
    }
    let runtime: RuntimeModule? =
      package.topics.isEmpty ? (messages.isEmpty ? nil : .protobuf) : .events
    var imports = Set([runtime?.rawValue].compactMap { $0 })
    if !messages.isEmpty { imports.insert("Protobuf") }
    return SwiftFile(
      name: path("\(package.name.namespace).swift"), sources: package.files.map(\.path),
      imports: imports, runtime: runtime, body: writer)
  }

  private func messages(of file: FileModel) -> SwiftFile? {
    guard !file.messages.isEmpty || !file.enums.isEmpty else { return nil }
    let scope = Scope(package)
    var writer = SwiftWriter()
    writer.block("extension \(package.name.namespace) {") { writer in
      for (index, message) in file.messages.enumerated() {
        if index > 0 { writer.line() }
        MessageEmitter(message, in: scope).emit(into: &writer)
      }
      for (index, type) in file.enums.enumerated() {
        if index > 0 || !file.messages.isEmpty { writer.line() }
        EnumEmitter(type).emit(into: &writer)
      }
    }
    writer.line()
    writer.line("// MARK: - How they are read and written")
    for message in file.allMessages { ConformanceEmitter(message).emit(into: &writer) }
    for type in file.allEnums { EnumEmitter(type).emitConformance(into: &writer) }
    var imports = Set(file.allMessages.flatMap { $0.fields.compactMap(\.value.module) })
    imports.insert("Protobuf")
    imports.remove(package.name.module)
    return SwiftFile(
      name: path("\(stem(of: file)).pb.swift"), sources: [file.path], imports: imports,
      runtime: .protobuf, body: writer)
  }

  private func services(of file: FileModel) -> SwiftFile? {
    guard !file.services.isEmpty else { return nil }
    var writer = SwiftWriter()
    writer.block("extension \(package.name.namespace) {") { writer in
      for (index, service) in file.services.enumerated() {
        if index > 0 { writer.line() }
        ServiceEmitter(service, package).emit(into: &writer)
        writer.line()
        MethodsEmitter(service).emit(into: &writer)
        writer.line()
        ClientEmitter(service, package).emit(into: &writer)
      }
    }
    for service in file.services {
      ServiceEmitter(service, package).emitRegistration(into: &writer)
    }
    var imports = Set(
      file.services.flatMap(\.methods).flatMap { [$0.request.module, $0.response.module] })
    imports.insert("RPC")
    imports.remove(package.name.module)
    return SwiftFile(
      name: path("\(stem(of: file)).rpc.swift"), sources: [file.path], imports: imports,
      runtime: .rpc, body: writer)
  }

  /// The stem of a file's outputs.
  ///
  /// Two files of one Swift module cannot have one name, so those of
  /// a later version carry it: `trading_service.v2`.
  private func stem(of file: FileModel) -> String {
    let version = package.proto.split(separator: ".").last.map(String.init) ?? ""
    let isLater = version.first == "v" && version.dropFirst().first?.isNumber == true
    return isLater && version != "v1" ? "\(file.stem).\(version)" : file.stem
  }

  private func path(_ name: String) -> String { "\(package.name.folder)/\(name)" }
}

extension FileModel {
  /// The enums with those nested in messages.
  var allEnums: [EnumModel] { allMessages.flatMap(\.enums) + enums }
}
