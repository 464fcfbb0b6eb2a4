/// Runs the handlers of some methods elsewhere than on their connection's event loop.
///
/// ```swift
/// let pool = BlockingPool(name: "reports", size: 4)
/// ServiceParts(
///   services: [reports],
///   interceptors: [OffLoop(pool, for: [ReportsV1.ReportsMethods.makeReport])])
/// ```
///
/// Everything the handler awaits comes back to the executor, too, but for actors with executors of their
/// own. The response is sent from the loop again. It costs two changes of thread a call.
public struct OffLoop: ServerInterceptor {
  private let executor: any TaskExecutor
  private let methods: Set<String>

  /// Chooses an executor for some methods: a ``BlockingPool``, or `globalConcurrentExecutor` for what
  /// computes in steps.
  public init(_ executor: any TaskExecutor, for methods: [MethodDescriptor]) {
    self.executor = executor
    self.methods = Set(methods.map(\.path))
  }

  /// Whether a method's handler runs on the executor.
  public func intercepts(_ method: MethodDescriptor) -> Bool { self.methods.contains(method.path) }

  /// Runs the rest of a call on the executor.
  public func intercept<Answer: Sendable>(
    _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
  ) async throws -> Answer {
    try await withTaskExecutorPreference(self.executor) {
      // It may have waited there for long.
      try context.call.checkDeadline()
      return try await next(context)
    }
  }
}
