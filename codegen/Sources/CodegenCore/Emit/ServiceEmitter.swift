/// Writes what a server implements: the protocol of a service and its registration.
struct ServiceEmitter {
  private let service: ServiceModel
  private let package: PackageModel
  private let scope: Scope

  init(_ service: ServiceModel, _ package: PackageModel) {
    self.service = service
    self.package = package
    scope = Scope(package)
  }

  /// Writes the protocol, inside the namespace.
  func emit(into writer: inout SwiftWriter) {
    writer.comment(service.comment)
    writer.block("public protocol \(service.name): RPCService {") { writer in
      for (index, method) in service.methods.enumerated() {
        if index > 0 { writer.line() }
        writer.comment(method.comment)
        writer.function(
          "func \(ReservedNames.declared(method.name))", parameters(of: method), effects(of: method)
        )
      }
    }
  }

  /// Writes the extension that registers the handlers, outside every type.
  func emitRegistration(into writer: inout SwiftWriter) {
    let namespace = package.name.namespace
    let methods = "\(namespace).\(service.methodsName)"
    writer.line()
    writer.block("extension \(namespace).\(service.name) {") { writer in
      writer.line("/// What the contract says about the service.")
      writer.block("public static var descriptor: ServiceDescriptor {") { writer in
        writer.call(
          "ServiceDescriptor(", ["name: \(quoted(service.proto))", "methods: \(methods).all"])
      }
      writer.line()
      writer.line("/// Adds every method of the service to a router.")
      writer.block("public func register(in router: inout RPCRouter) {") { writer in
        if !service.methods.isEmpty { writer.line("let methods = \(methods).self") }
        for method in service.methods {
          let name = method.name
          switch method.kind {
          case .unary:
            // Without types that the router would have to take off.
            let body = "try await .init(self.\(name)($0.message(), context: $1))"
            let line = "router.unary(methods.\(name)) { \(body) }"
            if writer.fits(line) {
              writer.line(line)
            } else {
              writer.block("router.unary(methods.\(name)) {") { $0.line(body) }
            }
          case .clientStreaming:
            writer.call(
              "router.clientStreaming(", ["methods.\(name)", "self.\(name)(_:context:)"])
          case .serverStreaming, .bidirectionalStreaming:
            writer.call(
              "router.\(method.kind.rawValue)(",
              ["methods.\(name)", "self.\(name)(_:responses:context:)"])
          }
        }
      }
    }
  }

  private func parameters(of method: MethodModel) -> [String] {
    let request = scope.name(of: method.request)
    let response = scope.name(of: method.response)
    return switch method.kind {
    case .unary: ["_ request: \(request)", "context: ServerContext"]
    case .clientStreaming: ["_ requests: RPCStream<\(request)>", "context: ServerContext"]
    case .serverStreaming:
      ["_ request: \(request)", "responses: RPCWriter<\(response)>", "context: ServerContext"]
    case .bidirectionalStreaming:
      [
        "_ requests: RPCStream<\(request)>", "responses: RPCWriter<\(response)>",
        "context: ServerContext",
      ]
    }
  }

  private func effects(of method: MethodModel) -> String {
    switch method.kind {
    case .unary, .clientStreaming: "async throws -> \(scope.name(of: method.response))"
    case .serverStreaming, .bidirectionalStreaming: "async throws"
    }
  }
}

extension ServiceModel {
  /// The enum of the service's method descriptors.
  var methodsName: String { name + "Methods" }

  /// The client.
  var clientName: String { name + "Client" }
}
