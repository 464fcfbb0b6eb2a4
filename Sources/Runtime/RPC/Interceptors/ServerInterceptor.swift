/// A stage of a server that stands around handlers: it may look at a call, replace its metadata, refuse
/// it, time it, or run its handler elsewhere.
///
/// ```swift
/// struct MinimumVersion: ServerInterceptor {
///   func intercept<Answer: Sendable>(
///     _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
///   ) async throws -> Answer {
///     guard context.metadata["x-client-version"] != nil else {
///       throw RPCError(.failedPrecondition, "say which version you are")
///     }
///     return try await next(context)
///   }
/// }
/// ```
///
/// A router is given its interceptors in the order in which a call passes them. They come after the access
/// check, so that the caller and the user are known, and none of them can leave it out. Messages stay
/// what the contract says they are: an interceptor does not see them.
public protocol ServerInterceptor: Sendable {
  /// Whether this stands before a method.
  ///
  /// Asked once, when the method is registered: the calls of other methods pay nothing.
  func intercepts(_ method: MethodDescriptor) -> Bool

  /// Handles a call of any kind.
  ///
  /// - Parameters:
  ///   - context: The call, as the stage before says it is.
  ///   - next: What stands behind, the handler at last; to be called at most once, with the context that
  ///     the handler is to see, which is its `ServerContext.current`, too. It returns when the handler has,
  ///     and throws what the handler throws.
  /// - Returns: What `next` returned: the response of a unary call, still encoded, or nothing.
  /// - Throws: What the call fails with; anything but an `RPCError` as a handler's failure would.
  func intercept<Answer: Sendable>(
    _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
  ) async throws -> Answer
}

extension ServerInterceptor {
  /// It stands before every method.
  public func intercepts(_ method: MethodDescriptor) -> Bool { true }
}

extension RegisteredMethod.Handler {
  /// The handler behind interceptors, the first of them outermost.
  func behind(_ interceptors: [any ServerInterceptor]) -> Self {
    interceptors.reversed().reduce(self) { $0.behind($1) }
  }

  private func behind(_ interceptor: any ServerInterceptor) -> Self {
    switch self {
    case .unary(let next):
      .unary { request, context in
        try await interceptor.intercept(context) { passed in
          try await passed.whereReplaced { try await next(request, passed) }
        }
      }
    case .streaming(let next):
      .streaming { requests, responses, context in
        try await interceptor.intercept(context) { passed in
          try await passed.whereReplaced { try await next(requests, responses, passed) }
        }
      }
    }
  }
}
