import ProtobufC

/// Writes an RPC in the tables of the contract tests: how it is called, and all that its contract says.
struct RPCCaseEmitter {
  private let method: MethodModel
  private let service: ServiceModel
  private let namespace: String

  init(_ method: MethodModel, of service: ServiceModel, _ package: PackageModel) {
    self.method = method
    self.service = service
    namespace = package.name.namespace
  }

  func emit(into writer: inout SwiftWriter) {
    writer.line(".\(method.kind.rawValue)(")
    writer.indented { writer in
      writer.line(quoted("\(service.proto)/\(method.proto)") + ",")
      writer.line("\(namespace).\(service.methodsName).\(method.name),")
      writer.line("{ \(namespace).\(service.clientName)($0).\(method.name)(\(labels)) },")
      let isLast = method.routes.isEmpty && method.channel == nil
      writer.call("RPCRule(", rule, isLast ? "))," : "),")
      if !method.routes.isEmpty {
        writer.block("routes: [", closing: method.channel == nil ? "])," : "],") { writer in
          for route in method.routes { writer.call("RouteCase(", arguments(of: route), "),") }
        }
      }
      if let channel = method.channel {
        writer.call("channel: ChannelCase(", arguments(of: channel), ")),")
      }
    }
  }

  private var labels: String {
    switch method.kind {
    case .unary, .serverStreaming: "_:options:"
    case .clientStreaming: "options:_:"
    case .bidirectionalStreaming: "options:"
    }
  }

  private var rule: [String] {
    var rule = ["callers: \(callers)", "user: \(user)"]
    switch method.idempotency {
    case .unknown: break
    case .idempotent: rule.append("repeating: .idempotent")
    case .noSideEffects: rule.append("repeating: .noSideEffects")
    }
    if let deadline = method.deadlineMilliseconds {
      rule.append("deadline: .milliseconds(\(grouped(deadline)))")
    }
    return rule
  }

  private var callers: String {
    switch method.access.callers {
    case .anyone: ".anyone"
    case .mesh: ".mesh"
    case .services(let names): ".only([\(names.map(quoted).joined(separator: ", "))])"
    }
  }

  private var user: String {
    guard let user = method.access.user else { return ".none" }
    var needs: [String] = []
    if !user.roles.isEmpty { needs.append("roles: \(list(user.roles))") }
    if !user.scopes.isEmpty { needs.append("scopes: \(list(user.scopes))") }
    if user.assurance == .multiFactor { needs.append("twoFactors: true") }
    return needs.isEmpty ? ".any" : ".with(\(needs.joined(separator: ", ")))"
  }

  private func list(_ texts: [String]) -> String {
    "[\(texts.map(quoted).joined(separator: ", "))]"
  }

  private func arguments(of route: RouteModel) -> [String] {
    var arguments = [".\(route.verb)", quoted(route.template.text)]
    switch route.body {
    case .none: break
    case .whole: arguments.append("body: .whole")
    case .field(let field): arguments.append("body: .field(\(quoted(field.protoName)))")
    }
    if !route.parameters.isEmpty {
      let names = route.parameters.map { quoted($0.field) }
      arguments.append("parameters: [\(names.joined(separator: ", "))]")
    }
    if method.successStatus != 200 { arguments.append("success: \(method.successStatus)") }
    if let deprecation = method.deprecation {
      arguments.append("deprecation: DeprecationCase(\(deprecation.arguments))")
    }
    return arguments
  }

  private func arguments(of channel: ChannelModel) -> [String] {
    var arguments = [quoted(channel.name)]
    if !channel.keys.isEmpty { arguments.append("keys: \(list(channel.keys.map(\.protoName)))") }
    arguments += [
      "snapshot: \(quoted(channel.snapshot.protoName))",
      "update: \(quoted(channel.update.protoName))",
      "sequence: \(quoted(channel.sequence.protoName))",
    ]
    if let key = channel.conflateBy { arguments.append("conflateBy: \(quoted(key.protoName))") }
    if let time = channel.conflateMilliseconds {
      arguments.append("conflateEvery: .milliseconds(\(grouped(time)))")
    }
    if let time = channel.heartbeatMilliseconds {
      arguments.append("heartbeat: .milliseconds(\(grouped(time)))")
    }
    return arguments
  }
}
