/// Writes what the contract tests hold a package to: tables of its messages, enums and RPCs, and a
/// service that answers as a test tells it.
///
/// The tables say what the contract says and nothing of how the other generated code says it, so that
/// a mistake of one emitter is not repeated here.
struct ContractCasesEmitter {
  private let package: PackageModel

  init(_ package: PackageModel) { self.package = package }

  /// The enum of a package's tables, such as `TradingCases`; a later version adds its name.
  static func enumName(_ package: PackageModel) -> String {
    let namespace = package.name.namespace
    return (namespace.hasSuffix("V1") ? String(namespace.dropLast(2)) : namespace) + "Cases"
  }

  /// The package's file.
  var file: SwiftFile {
    let name = ContractCasesEmitter.enumName(package)
    var writer = SwiftWriter()
    writer.line("/// What package `\(package.proto)` says, for the tests that hold the code to it.")
    writer.block("enum \(name) {") { writer in
      writer.line("/// All of it.")
      writer.line("static let package = PackageCases(")
      writer.indented { writer in
        writer.line("\(quoted(package.proto)), messages: messages, enums: enums, rpcs: rpcs,")
        let services = package.services.map { "{ Scripted\($0.name)(script: $0) }" }
        writer.call("services: [", services, "])")
      }
      writer.line()
      list("messages: [MessageCase]", package.files.flatMap(\.allMessages), &writer, message)
      writer.line()
      list("enums: [EnumCase]", package.files.flatMap(\.allEnums), &writer, enumeration)
      writer.line()
      let rpcs = package.services.flatMap { service in service.methods.map { (service, $0) } }
      list("rpcs: [RPCCase]", rpcs, &writer) { rpc, writer in
        RPCCaseEmitter(rpc.1, of: rpc.0, package).emit(into: &writer)
      }
    }
    for service in package.services {
      writer.line()
      writer.block("extension \(name) {") { scripted(service, &$0) }
    }
    return SwiftFile(
      name: "\(name).swift", sources: package.files.map(\.path), imports: [],
      privateImports: modules, body: writer)
  }

  /// The modules the file names types of.
  private var modules: Set<String> {
    let methods = package.services.flatMap(\.methods)
    let fields = package.files.flatMap(\.allMessages).flatMap(\.fields)
    var modules = Set(methods.flatMap { [$0.request.module, $0.response.module] })
    modules.formUnion(fields.compactMap { $0.value == .decimal ? nil : $0.value.module })
    modules.insert(package.name.module)
    if !methods.isEmpty { modules.insert("RPC") }
    return modules
  }

  /// The file that gathers the tables of all packages, and who they say may call.
  static func aggregate(_ packages: [PackageModel]) -> SwiftFile {
    let access = packages.flatMap(\.services).flatMap(\.methods).map(\.access)
    let callers: [String] = access.flatMap { access in
      if case .services(let names) = access.callers { return names }
      return []
    }
    let own = packages.filter { !$0.services.isEmpty }.map(\.meshName)
    var writer = SwiftWriter()
    writer.line("/// What all contracts say, for the tests that hold the code to it.")
    writer.block("enum AllContracts {") { writer in
      writer.line("/// The packages.")
      writer.call(
        "static let packages: [PackageCases] = [", packages.map { "\(enumName($0)).package" }, "]")
      writer.line()
      writer.line("/// Every service that a contract is of or names as a caller.")
      texts("services", callers + own, &writer)
      writer.line()
      writer.line("/// Every role that a contract names.")
      texts("roles", access.flatMap { $0.user?.roles ?? [] }, &writer)
      writer.line()
      writer.line("/// Every scope that a contract names.")
      texts("scopes", access.flatMap { $0.user?.scopes ?? [] }, &writer)
    }
    return SwiftFile(
      name: "AllContracts.swift", sources: packages.flatMap { $0.files.map(\.path) }, imports: [],
      body: writer)
  }

  private static func texts(_ name: String, _ all: [String], _ writer: inout SwiftWriter) {
    writer.call("static let \(name): [String] = [", Set(all).sorted().map(quoted), "]")
  }

  private func list<Element>(
    _ declaration: String, _ elements: [Element], _ writer: inout SwiftWriter,
    _ body: (Element, inout SwiftWriter) -> Void
  ) {
    guard !elements.isEmpty else {
      writer.line("private static let \(declaration) = []")
      return
    }
    writer.block("private static let \(declaration) = [", closing: "]") { writer in
      for element in elements { body(element, &writer) }
    }
  }

  private func message(_ message: MessageModel, _ writer: inout SwiftWriter) {
    guard !message.fields.isEmpty else {
      writer.call("MessageCase(", names(of: message.type) + ["[]"], "),")
      return
    }
    writer.line("MessageCase(")
    writer.indented { writer in
      header(message.type, &writer)
      let required = message.oneofs.filter(\.isRequired).map { quoted($0.protoName) }
      if !required.isEmpty { writer.call("requiredOneofs: [", required, "],") }
      writer.block("[", closing: "]),") { writer in
        for field in message.fields {
          writer.call("FieldCase(", FieldCaseText(field, of: message).arguments, "),")
        }
      }
    }
  }

  private func enumeration(_ type: EnumModel, _ writer: inout SwiftWriter) {
    writer.line("EnumCase(")
    writer.indented { writer in
      header(type.type, &writer)
      writer.block("[", closing: "]),") { writer in
        for value in type.values {
          let names = "\(quoted(value.shortName)), \(quoted(value.protoName))"
          let alias = value.aliased == nil ? "" : ", isAlias: true"
          writer.line("ValueCase(\(grouped(value.number)), \(names)\(alias)),")
        }
      }
    }
  }

  private func names(of type: TypeReference) -> [String] {
    ["\(type.qualified).self", quoted(type.proto)]
  }

  private func header(_ type: TypeReference, _ writer: inout SwiftWriter) {
    let line = names(of: type).joined(separator: ", ") + ","
    for line in writer.fits(line) ? [line] : names(of: type).map({ $0 + "," }) {
      writer.line(line)
    }
  }

  private func scripted(_ service: ServiceModel, _ writer: inout SwiftWriter) {
    writer.line("/// Answers as a test tells it.")
    let type = "\(package.name.namespace).\(service.name)"
    writer.block("private struct Scripted\(service.name): \(type) {") { writer in
      writer.line("let script: Script")
      for method in service.methods {
        writer.line()
        let request = method.request.spelled
        let response = method.response.spelled
        let isStream = [.serverStreaming, .bidirectionalStreaming].contains(method.kind)
        let takesStream = [.clientStreaming, .bidirectionalStreaming].contains(method.kind)
        let input = takesStream ? "requests" : "request"
        let parameters =
          ["_ \(input): \(takesStream ? "RPCStream<\(request)>" : request)"]
          + (isStream ? ["responses: RPCWriter<\(response)>"] : []) + ["context: ServerContext"]
        writer.function(
          "func \(ReservedNames.declared(method.name))", parameters,
          "async throws" + (isStream ? "" : " -> \(response)")
        ) { writer in
          let arguments = [input] + (isStream ? ["responses"] : []) + ["context"]
          writer.line(
            "try await script.\(method.kind.rawValue)(\(arguments.joined(separator: ", ")))")
        }
      }
    }
  }
}
