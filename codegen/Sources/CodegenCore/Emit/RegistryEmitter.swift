import ProtobufC

/// Writes a contract for a caller without types: its RPCs, their messages, and what is said of them.
struct RegistryEmitter {
  private let package: PackageModel
  private let reached: ReachedTypes

  init(_ package: PackageModel, _ types: TypeIndex) {
    self.package = package
    reached = ReachedTypes(package, types)
  }

  /// The enum of a package's description, such as `TradingRegistry`; a later version adds its name.
  private static func enumName(_ package: PackageModel) -> String {
    let namespace = package.name.namespace
    return (namespace.hasSuffix("V1") ? String(namespace.dropLast(2)) : namespace) + "Registry"
  }

  /// The package's file; nil when it has no service.
  var file: SwiftFile? {
    guard !package.services.isEmpty else { return nil }
    let name = RegistryEmitter.enumName(package)
    var writer = SwiftWriter()
    writer.line("/// Package `\(package.proto)`, for callers without types.")
    writer.block("public enum \(name) {") { writer in
      writer.line("/// Its services, and the types that their RPCs reach.")
      writer.call(
        "public static let contract = ContractDescription(",
        [
          "package: \(quoted(package.proto))", "services: services", "messages: messages",
          "enums: enums",
        ])
      list("services", "ServiceDescription", package.services, &writer, service)
      list("messages", "MessageDescription", reached.messages, &writer) { message, writer in
        MessageDescriptionEmitter(message).emit(into: &writer)
      }
      list("enums", "EnumDescription", reached.enums, &writer, enumeration)
    }
    let modules = package.services.flatMap(\.methods).flatMap {
      [$0.request.module, $0.response.module]
    }
    return SwiftFile(
      name: "\(name).swift", sources: package.files.filter { !$0.services.isEmpty }.map(\.path),
      imports: ["Registry"], privateImports: Set(modules + [package.name.module]),
      runtime: .registry, body: writer)
  }

  /// The file that gathers all packages.
  static func aggregate(_ packages: [PackageModel]) -> SwiftFile {
    let offering = packages.filter { !$0.services.isEmpty }
    var writer = SwiftWriter()
    writer.line("/// All contracts, for callers without types.")
    writer.block("public enum AllContracts {") { writer in
      writer.line("/// Every RPC there is.")
      writer.call(
        "public static let registry = RPCRegistry([",
        offering.map { "\(enumName($0)).contract" }, "])")
    }
    return SwiftFile(
      name: "AllContracts.swift", sources: offering.flatMap { $0.files.map(\.path) },
      imports: ["Registry"], runtime: .registry, body: writer)
  }

  private func list<Element>(
    _ property: String, _ type: String, _ elements: [Element], _ writer: inout SwiftWriter,
    _ emit: (Element, inout SwiftWriter) -> Void
  ) {
    writer.line()
    let opening = "private static let \(property): [\(type)] = ["
    guard !elements.isEmpty else { return writer.line(opening + "]") }
    writer.block(opening, closing: "]") { writer in
      for element in elements { emit(element, &writer) }
    }
  }

  private func service(_ service: ServiceModel, _ writer: inout SwiftWriter) {
    writer.line("ServiceDescription(")
    writer.indented { writer in
      writer.line("\(quoted(service.proto)),")
      writer.literal(service.comment.text, closing: ",")
      writer.block("[", closing: "]),") { writer in
        for method in service.methods { rpc(method, of: service, &writer) }
      }
    }
  }

  private func rpc(
    _ method: MethodModel, of service: ServiceModel, _ writer: inout SwiftWriter
  ) {
    writer.line("RPCDescription(")
    writer.indented { writer in
      var arguments = [
        "\(package.name.namespace).\(service.methodsName).\(method.name)",
        "\(method.request.spelled).self", "\(method.response.spelled).self",
      ]
      if !method.routes.isEmpty {
        let routes = method.routes.map { quoted("\($0.verb.uppercased()) \($0.template.text)") }
        arguments.append("routes: [\(routes.joined(separator: ", "))]")
      }
      if let channel = method.channel { arguments.append("channel: \(quoted(channel.name))") }
      if let deprecation = method.deprecation {
        arguments.append("deprecation: \(quoted(deprecation.words))")
      }
      for argument in arguments { writer.line(argument + ",") }
      writer.literal(method.comment.text, closing: "),")
    }
  }

  private func enumeration(_ type: EnumModel, _ writer: inout SwiftWriter) {
    writer.line("EnumDescription(")
    writer.indented { writer in
      writer.line("\(quoted(type.type.proto)),")
      writer.literal(type.comment.text, closing: ",")
      writer.block("[", closing: "]),") { writer in
        for value in type.values {
          writer.described(
            "EnumDescription.Value(", ["\(value.number)", quoted(value.shortName)], value.comment)
        }
      }
    }
  }
}

extension SwiftWriter {
  /// Writes a call whose last arguments are rules and a comment, if there are any, on one line if there is
  /// room.
  mutating func described(
    _ opening: String, _ arguments: [String], rules: [String] = [], _ comment: DocComment
  ) {
    let text = comment.text
    let ruled = rules.isEmpty ? [] : ["rules: [\(rules.joined(separator: ", "))]"]
    let whole = (arguments + ruled + (text.isEmpty ? [] : [quoted(text)])).joined(separator: ", ")
    if !text.contains("\n"), fits("\(opening)\(whole)),") { return line("\(opening)\(whole)),") }
    line(opening)
    indented { writer in
      let closing = text.isEmpty ? ")," : ","
      let list = (arguments + ruled).joined(separator: ", ") + closing
      if writer.fits(list) {
        writer.line(list)
      } else {
        let end = rules.isEmpty ? closing : ","
        let head = arguments.joined(separator: ", ") + end
        if writer.fits(head) { writer.line(head) } else { writer.lines(arguments, closing: end) }
        if !rules.isEmpty { writer.call("rules: [", rules, "]" + closing) }
      }
      if !text.isEmpty { writer.literal(text, closing: "),") }
    }
  }
}
