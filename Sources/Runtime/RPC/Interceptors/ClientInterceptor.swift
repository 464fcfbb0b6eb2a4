internal import Observability

/// A stage of a client that stands around the calls of a channel: it may change what opens a call, refuse
/// it, answer it, or follow it to its end.
///
/// ```swift
/// struct Labelled: ClientInterceptor {
///   func intercept(
///     _ head: CallHead, _ next: (CallHead) async throws(RPCError) -> any ClientCall
///   ) async throws(RPCError) -> any ClientCall {
///     var head = head
///     head.metadata.append(contentsOf: ["x-client-version": "7"])
///     return try await next(head)
///   }
/// }
///
/// let trading = TradingV1.TradingServiceClient(channel.intercepted(by: [Labelled()]))
/// ```
///
/// It sees a call once: attempts that the channel makes of it are behind it.
public protocol ClientInterceptor: Sendable {
  /// Whether this stands before the calls of a method.
  func intercepts(_ method: MethodDescriptor) -> Bool

  /// Opens a call.
  ///
  /// - Parameters:
  ///   - head: What opens the call, with everything inherited filled in.
  ///   - next: What stands behind, the channel at last.
  /// - Returns: The call; one that `next` opened and that is not returned must be cancelled. `whenEnded`
  ///   follows it to its end.
  func intercept(
    _ head: CallHead, _ next: (CallHead) async throws(RPCError) -> any ClientCall
  ) async throws(RPCError) -> any ClientCall
}

extension ClientInterceptor {
  /// It stands before every call.
  public func intercepts(_ method: MethodDescriptor) -> Bool { true }
}

extension RPCChannel {
  /// The same way behind interceptors, the first of them outermost; without any it is the channel itself.
  public func intercepted(by interceptors: [any ClientInterceptor]) -> any RPCChannel {
    interceptors.reversed().reduce(self as any RPCChannel) {
      InterceptedChannel(channel: $0, interceptor: $1)
    }
  }
}

/// A channel behind an interceptor.
private struct InterceptedChannel: RPCChannel {
  let channel: any RPCChannel
  let interceptor: any ClientInterceptor

  var metrics: ClientMetrics? { self.channel.metrics }
  var tracer: Tracer? { self.channel.tracer }
  var target: String? { self.channel.target }

  func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    guard self.interceptor.intercepts(head.method) else { return try await self.channel.open(head) }
    return try await self.interceptor.intercept(head) { head async throws(RPCError) in
      try await self.channel.open(head)
    }
  }
}
