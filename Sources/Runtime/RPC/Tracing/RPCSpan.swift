package import Observability

/// What spans say of calls, by OpenTelemetry's semantic conventions for gRPC, and their names, by gRFC A72.
package enum RPCSpan {
  /// A call as its caller made it, whole.
  package static func call(_ method: MethodDescriptor) -> String { "Sent.\(dotted(method))" }
  /// One attempt of it.
  package static func attempt(_ method: MethodDescriptor) -> String { "Attempt.\(dotted(method))" }
  /// A call as its server answered it.
  package static func answer(_ method: MethodDescriptor) -> String { "Recv.\(dotted(method))" }

  private static func dotted(_ method: MethodDescriptor) -> String {
    "\(method.service).\(method.method)"
  }

  /// The system and the method, which every span of a call names.
  package static func attributes(_ method: MethodDescriptor) -> [SpanAttribute] {
    [
      SpanAttribute("rpc.system.name", "grpc"),
      SpanAttribute("rpc.method", "\(method.service)/\(method.method)"),
    ]
  }

  /// Failures that are a server's own; of the others only the caller knows whether they are errors.
  private static let serverErrors: Set<StatusCode> = [
    .unknown, .deadlineExceeded, .unimplemented, .internal, .unavailable, .dataLoss,
  ]

  /// Ends the span of a server.
  static func end(_ span: Span, server failure: RPCError?, _ code: StatusCode) {
    self.end(span, code, failure, isError: self.serverErrors.contains(code))
  }

  /// Ends the span of a client.
  package static func end(_ span: Span, client failure: RPCError?, _ code: StatusCode) {
    self.end(span, code, failure, isError: code != .ok)
  }

  private static func end(
    _ span: Span, _ code: StatusCode, _ failure: RPCError?, isError: Bool
  ) {
    span.set("rpc.response.status_code", .text(code.name))
    guard isError else { return span.end() }
    span.set("error.type", .text(code.name))
    // The message is for the caller, who may be anyone: it holds nothing that only an operator should read.
    span.end(.error(failure.map { "\(code.name): \($0.message)" } ?? code.name))
  }
}
