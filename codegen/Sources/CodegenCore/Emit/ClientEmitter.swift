/// Writes the client of a service: one function an RPC, over any channel.
struct ClientEmitter {
  private let service: ServiceModel
  private let scope: Scope

  init(_ service: ServiceModel, _ package: PackageModel) {
    self.service = service
    scope = Scope(package)
  }

  func emit(into writer: inout SwiftWriter) {
    writer.line("/// Calls `\(service.name)` over a channel.")
    writer.block("public struct \(service.clientName): Sendable {") { writer in
      writer.line("private let channel: any RPCChannel")
      writer.line()
      writer.line("/// A client that calls over this channel.")
      writer.line("public init(_ channel: any RPCChannel) { self.channel = channel }")
      for method in service.methods {
        writer.line()
        writer.comment(method.comment)
        function(method, &writer)
      }
    }
  }

  private func function(_ method: MethodModel, _ writer: inout SwiftWriter) {
    let request = scope.name(of: method.request)
    let response = scope.name(of: method.response)
    let descriptor = "\(service.methodsName).\(method.name)"
    let options = "options: CallOptions = CallOptions()"
    var parameters = ["_ request: \(request)", options]
    var arguments = [descriptor, "request", "options: options"]
    var result = response
    switch method.kind {
    case .unary: break
    case .serverStreaming: result = "RPCStream<\(response)>"
    case .clientStreaming:
      parameters = [options, "_ body: (RPCWriter<\(request)>) async throws -> Void"]
      arguments = [descriptor, "options: options", "body"]
    case .bidirectionalStreaming:
      parameters = [options]
      arguments = [descriptor, "options: options"]
      result = "BidirectionalCall<\(request), \(response)>"
    }
    writer.function(
      "public func \(ReservedNames.declared(method.name))", parameters,
      "async throws(RPCError) -> \(result)"
    ) { writer in
      writer.call("try await self.channel.\(method.kind.rawValue)(", arguments)
    }
  }
}
