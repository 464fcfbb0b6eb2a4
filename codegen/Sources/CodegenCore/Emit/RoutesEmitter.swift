/// Writes how the gateway offers a contract: its REST routes and its WebSocket channels.
struct RoutesEmitter {
  private let package: PackageModel

  init(_ package: PackageModel) { self.package = package }

  /// The enum of a package's routes, such as `TradingRoutes`; a later version adds its name.
  static func enumName(_ package: PackageModel) -> String {
    let namespace = package.name.namespace
    return (namespace.hasSuffix("V1") ? String(namespace.dropLast(2)) : namespace) + "Routes"
  }

  /// The package's file; nil when it offers nothing.
  var file: SwiftFile? {
    let methods = package.services.flatMap { service in service.methods.map { (service, $0) } }
    let routes = methods.filter { !$0.1.routes.isEmpty }
    let channels = methods.filter { $0.1.channel != nil }
    guard !routes.isEmpty || !channels.isEmpty else { return nil }
    let name = RoutesEmitter.enumName(package)
    var writer = SwiftWriter()
    writer.line("/// What the gateway offers of package `\(package.proto)`.")
    writer.block("public enum \(name) {") { writer in
      writer.line("/// The REST operations.")
      list("public static let routes: [Route] = [", &writer, isEmpty: routes.isEmpty) { writer in
        for (service, method) in routes {
          for route in method.routes { self.route(route, method, service, &writer) }
        }
      }
      writer.line()
      writer.line("/// The WebSocket channels.")
      list("public static let channels: [Channel] = [", &writer, isEmpty: channels.isEmpty) {
        writer in
        for (service, method) in channels {
          if let channel = method.channel { self.channel(channel, method, service, &writer) }
        }
      }
    }
    var used = Set((routes + channels).flatMap { [$0.1.request.module, $0.1.response.module] })
    used.insert(package.name.module)
    for route in routes.flatMap(\.1.routes) {
      used.formUnion(route.parameters.flatMap { ParameterEmitter($0).modules })
    }
    return SwiftFile(
      name: "\(name).swift", sources: package.files.filter { !$0.services.isEmpty }.map(\.path),
      imports: ["Transcoding"], privateImports: used, runtime: .transcoding, body: writer)
  }

  /// The file that gathers the routes of all packages.
  static func aggregate(_ packages: [PackageModel]) -> SwiftFile {
    let offering = packages.filter { RoutesEmitter($0).file != nil }
    let names = offering.map(enumName)
    var writer = SwiftWriter()
    writer.line("/// What the gateway offers of all contracts.")
    writer.block("public enum AllRoutes {") { writer in
      writer.line("/// The REST operations.")
      gather("routes", "Route", names, &writer)
      writer.line()
      writer.line("/// The WebSocket channels.")
      gather("channels", "Channel", names, &writer)
    }
    return SwiftFile(
      name: "AllRoutes.swift", sources: offering.flatMap { $0.files.map(\.path) },
      imports: ["Transcoding"], runtime: .transcoding, body: writer)
  }

  private static func gather(
    _ property: String, _ type: String, _ names: [String], _ writer: inout SwiftWriter
  ) {
    guard !names.isEmpty else {
      writer.line("public static let \(property): [\(type)] = []")
      return
    }
    writer.line("public static let \(property): [\(type)] =")
    writer.indented { writer in
      for (index, name) in names.enumerated() {
        writer.line("\(index == 0 ? "" : "+ ")\(name).\(property)")
      }
    }
  }

  private func list(
    _ opening: String, _ writer: inout SwiftWriter, isEmpty: Bool,
    _ body: (inout SwiftWriter) -> Void
  ) {
    if isEmpty { writer.line(opening + "]") } else { writer.block(opening, closing: "]", body) }
  }

  private func descriptor(_ method: MethodModel, _ service: ServiceModel) -> String {
    "\(package.name.namespace).\(service.methodsName).\(method.name)"
  }

  private func route(
    _ route: RouteModel, _ method: MethodModel, _ service: ServiceModel,
    _ writer: inout SwiftWriter
  ) {
    let exchange = [
      "request: \(method.request.spelled).self", "response: \(method.response.spelled).self",
    ]
    var rest: [String] = []
    if method.successStatus != 200 { rest = ["successStatus: \(method.successStatus)"] }
    if let deprecation = method.deprecation {
      rest.append("deprecation: Deprecation(\(deprecation.arguments))")
    }
    writer.remark(method.comment)
    writer.line("Route(")
    writer.indented { writer in
      let operation = "\(descriptor(method, service)), .\(route.verb),"
      let template = quoted(route.template.text) + ","
      let isShort = writer.fits("\(operation) \(template)")
      for line in isShort ? ["\(operation) \(template)"] : [operation, template] {
        writer.line(line)
      }
      let body = self.body(route.body).map { ["body: \($0)"] } ?? []
      guard !route.parameters.isEmpty else {
        writer.lines(exchange + body + rest, closing: "),")
        return
      }
      for argument in exchange + body { writer.line(argument + ",") }
      writer.block("parameters: [", closing: rest.isEmpty ? "])," : "],") { writer in
        for parameter in route.parameters { ParameterEmitter(parameter).emit(into: &writer) }
      }
      if !rest.isEmpty { writer.lines(rest, closing: "),") }
    }
  }

  private func body(_ body: RouteModel.Body) -> String? {
    switch body {
    case .none: nil
    case .whole: ".whole"
    case .field(let field): ".field(\(quoted(field.protoName)), \\.\(field.name))"
    }
  }

  private func channel(
    _ channel: ChannelModel, _ method: MethodModel, _ service: ServiceModel,
    _ writer: inout SwiftWriter
  ) {
    var arguments = [
      "\(quoted(channel.name)), \(descriptor(method, service))",
      "request: \(method.request.spelled).self", "response: \(method.response.spelled).self",
    ]
    if !channel.keys.isEmpty {
      arguments.append(
        "keys: [\(channel.keys.map { quoted($0.protoName) }.joined(separator: ", "))]")
    }
    arguments += [
      "snapshot: \(reading(channel.snapshot, of: channel))",
      "update: \(reading(channel.update, of: channel))",
      "sequence: { $0.\(channel.sequence.name) }",
    ]
    if let key = channel.conflateBy {
      let interval = channel.conflateMilliseconds.map {
        "(every: \(duration(milliseconds: $0)))"
      }
      arguments.append("overflow: .conflate\(interval ?? "") { $0.\(key.name) }")
    } else {
      arguments.append("overflow: .disconnect")
    }
    if let heartbeat = channel.heartbeatMilliseconds {
      arguments.append("heartbeat: \(duration(milliseconds: heartbeat))")
    }
    writer.remark(method.comment)
    writer.line("Channel(")
    writer.indented { writer in writer.lines(arguments, closing: "),") }
  }

  /// A closure that reads a message field, which may be a member of a oneof.
  private func reading(_ field: FieldModel, of channel: ChannelModel) -> String {
    guard let index = field.oneofIndex else { return "{ $0.\(field.name) }" }
    let oneof = channel.responseOneofs[index].name
    return "{ if case .\(field.name)(let value)? = $0.\(oneof) { value } else { nil } }"
  }
}
