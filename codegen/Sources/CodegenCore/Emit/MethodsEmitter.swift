import ProtobufC

/// Writes what the runtime needs to know of each RPC: kind, repetition, access and deadline.
struct MethodsEmitter {
  private let service: ServiceModel

  init(_ service: ServiceModel) { self.service = service }

  func emit(into writer: inout SwiftWriter) {
    writer.line("/// The RPCs of `\(service.name)`, as the contract states them.")
    writer.block("public enum \(service.methodsName) {") { writer in
      for method in service.methods {
        writer.line("/// `\(service.proto)/\(method.proto)`")
        writer.line("public static let \(ReservedNames.declared(method.name)) = MethodDescriptor(")
        writer.indented { writer in writer.lines(arguments(of: method), closing: ")") }
        writer.line()
      }
      writer.line("/// All of them, in the order of the contract.")
      writer.call(
        "public static let all: [MethodDescriptor] = [",
        service.methods.map { ReservedNames.declared($0.name) }, "]")
    }
  }

  private func arguments(of method: MethodModel) -> [String] {
    let idempotency =
      switch method.idempotency {
      case .unknown: ""
      case .idempotent: ", idempotency: .idempotent"
      case .noSideEffects: ", idempotency: .noSideEffects"
      }
    var arguments = [
      "service: \(quoted(service.proto)), method: \(quoted(method.proto))",
      "kind: .\(method.kind.rawValue)\(idempotency)",
    ]
    arguments.append("access: \(access(method.access))")
    if let deadline = method.deadlineMilliseconds {
      arguments.append("deadline: \(duration(milliseconds: deadline))")
    }
    return arguments
  }

  private func access(_ access: AccessModel) -> String {
    let callers =
      switch access.callers {
      case .anyone: ".anyone"
      case .mesh: ".mesh"
      case .services(let names): ".services([\(names.map(quoted).joined(separator: ", "))])"
      }
    let user = access.userRoles.map {
      ".required(roles: [\($0.map(quoted).joined(separator: ", "))])"
    }
    return "AccessRule(callers: \(callers), user: \(user ?? ".none"))"
  }

  private func duration(milliseconds: Int64) -> String {
    milliseconds % 1000 == 0
      ? ".seconds(\(grouped(milliseconds / 1000)))" : ".milliseconds(\(grouped(milliseconds)))"
  }
}
