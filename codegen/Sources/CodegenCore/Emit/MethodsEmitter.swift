import ProtobufC

/// Writes what the runtime needs to know of each RPC: kind, repetition, access, deadline and worth.
struct MethodsEmitter {
  private let service: ServiceModel

  init(_ service: ServiceModel) { self.service = service }

  func emit(into writer: inout SwiftWriter) {
    writer.line("/// The RPCs of `\(service.name)`, as the contract states them.")
    writer.block("public enum \(service.methodsName) {") { writer in
      for method in service.methods {
        writer.line("/// `\(service.proto)/\(method.proto)`")
        writer.line("public static let \(ReservedNames.declared(method.name)) = MethodDescriptor(")
        writer.indented { writer in arguments(of: method, &writer) }
        writer.line()
      }
      writer.line("/// All of them, in the order of the contract.")
      writer.call(
        "public static let all: [MethodDescriptor] = [",
        service.methods.map { ReservedNames.declared($0.name) }, "]")
    }
  }

  private func arguments(of method: MethodModel, _ writer: inout SwiftWriter) {
    let idempotency =
      switch method.idempotency {
      case .unknown: ""
      case .idempotent: ", idempotency: .idempotent"
      case .noSideEffects: ", idempotency: .noSideEffects"
      }
    writer.line("service: \(quoted(service.proto)), method: \(quoted(method.proto)),")
    writer.line("kind: .\(method.kind.rawValue)\(idempotency),")
    var rest: [String] = []
    if let deadline = method.deadlineMilliseconds {
      rest.append("deadline: \(duration(milliseconds: deadline))")
    }
    rest += worth(of: method)
    writer.call("access: AccessRule(", access(method.access), rest.isEmpty ? "))" : "),")
    guard !rest.isEmpty else { return }
    let line = rest.joined(separator: ", ") + ")"
    if writer.fits(line) { writer.line(line) } else { writer.lines(rest, closing: ")") }
  }

  private func worth(of method: MethodModel) -> [String] {
    var worth: [String] = []
    if let rateClass = method.rateClass { worth.append("rateClass: \(quoted(rateClass))") }
    if method.criticality != .critical {
      worth.append("criticality: .\(method.criticality.rawValue)")
    }
    if method.isAudited { worth.append("isAudited: true") }
    return worth
  }

  private func access(_ access: AccessModel) -> [String] {
    let callers =
      switch access.callers {
      case .anyone: ".anyone"
      case .mesh: ".mesh"
      case .services(let names): ".services(\(list(names)))"
      }
    return ["callers: \(callers)", "user: \(access.user.map(self.user) ?? ".none")"]
  }

  private func user(_ user: UserModel) -> String {
    var arguments: [String] = []
    if !user.roles.isEmpty { arguments.append("roles: \(list(user.roles))") }
    if !user.scopes.isEmpty { arguments.append("scopes: \(list(user.scopes))") }
    if user.assurance != .singleFactor {
      arguments.append("assurance: .\(user.assurance.rawValue)")
    }
    return ".required(\(arguments.joined(separator: ", ")))"
  }

  private func list(_ names: [String]) -> String {
    "[\(names.map(quoted).joined(separator: ", "))]"
  }

}

/// A `Duration`, in seconds where it is whole ones.
func duration(milliseconds: Int64) -> String {
  milliseconds % 1000 == 0
    ? ".seconds(\(grouped(milliseconds / 1000)))" : ".milliseconds(\(grouped(milliseconds)))"
}
