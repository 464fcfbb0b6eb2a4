public import Observability
public import Protobuf

/// The methods that a server offers, each with its handler, behind one access check.
///
/// No handler sees a request that breaks a rule of its contract, nor a message of a stream that does.
public struct RPCRouter: Sendable {
  private var methods: [String: RegisteredMethod] = [:]
  package let accessController: any AccessController
  let audit: (@Sendable (AuditRecord) -> Void)?
  private let metrics: ServerMetrics?
  private let limiter: ConcurrencyLimiter?
  private let faults: [FaultInjection]
  private let tracer: Tracer?
  private let interceptors: [any ServerInterceptor]
  private let replay: (any CallReplay)?

  /// Creates a router that offers these services.
  ///
  /// - Parameters:
  ///   - services: Their methods are registered; a method that two of them offer stops the process.
  ///   - accessController: Is asked before every handler; there is no way around it.
  ///   - limiter: Refuses calls that are too many; nil takes them all.
  ///   - faults: Make some calls slow, or fail, on purpose.
  ///   - interceptors: Stand between the access check and the handlers, in the order in which a call
  ///     passes them.
  ///   - replay: Answers calls that were made before, by their keys; nil knows none.
  ///   - audit: Is told of each call of a method that the contract says is audited, when the call is
  ///     refused or its handler has ended; and of each call of any method that the access check refuses.
  ///   - metrics: Counts every call.
  ///   - tracer: Records the spans of calls.
  public init(
    services: [any RPCService], accessController: any AccessController,
    limiter: ConcurrencyLimiter? = nil, faults: [FaultInjection] = [],
    interceptors: [any ServerInterceptor] = [], replay: (any CallReplay)? = nil,
    audit: (@Sendable (AuditRecord) -> Void)? = nil, metrics: ServerMetrics? = nil,
    tracer: Tracer? = nil
  ) {
    self.accessController = accessController
    self.limiter = limiter
    self.faults = faults
    self.interceptors = interceptors
    self.replay = replay
    self.audit = audit
    self.metrics = metrics
    self.tracer = tracer
    for service in services {
      service.register(in: &self)
    }
  }

  /// The methods on offer, in the order of their paths.
  public var descriptors: [MethodDescriptor] {
    self.methods.values.map(\.descriptor).sorted { $0.path < $1.path }
  }

  /// The method of an HTTP/2 path, if it is on offer.
  package func method(path: String) -> RegisteredMethod? {
    if let method = self.methods[path] { return method }
    self.metrics?.countUnknownMethod()
    return nil
  }

  /// Adds a method; one that is there already is a programmer's error and stops the process.
  @usableFromInline
  mutating func add(_ descriptor: MethodDescriptor, _ handler: RegisteredMethod.Handler) {
    precondition(self.methods[descriptor.path] == nil, "\(descriptor.path) is registered twice")
    let stages = self.stages(before: descriptor)
    self.methods[descriptor.path] = RegisteredMethod(
      descriptor, handler.behind(stages),
      keyed: handler.behind(self.replay, of: descriptor)?.behind(stages),
      self.metrics?.method(descriptor), self.tracer,
      self.limiter.flatMap { $0.limits(descriptor) ? $0 : nil })
  }

  /// What stands between a call's place and the handler of its method, in the order in which a call passes
  /// it.
  ///
  /// This list is made once, when the method is registered, and becomes one closure around the handler;
  /// where it is empty the handler stays as it is. What stands before it for every call, and why, is said in
  /// `RPCRouter+Serving.swift`; the check of the request's form is the first thing in the handler, because
  /// there the request is decoded.
  private func stages(before method: MethodDescriptor) -> [any ServerInterceptor] {
    let stages: [any ServerInterceptor] =
      // Where a handler's own slowness and failures would come from: what is held up keeps its place.
      self.faults
      // The server's own, last: they see what is about to run, for whom, and nothing that is not.
      + self.interceptors
    return stages.filter { $0.intercepts(method) }
  }
}

extension RPCRouter {
  /// Adds a method with one request and one response.
  @inlinable
  public mutating func unary<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    _ handler: @escaping @Sendable (Request, ServerContext) async throws -> Response
  ) {
    self.unary(method) { request, context in
      try await EncodedResponse(handler(request.message(), context))
    }
  }

  /// Adds a method with one request and one response, for generated code.
  ///
  /// Its handler calls the service itself: a handler with types of its own, taken off here, would be three more
  /// asynchronous functions for each call.
  public mutating func unary(
    _ method: MethodDescriptor,
    _ handler: @escaping @Sendable (EncodedRequest, ServerContext) async throws -> EncodedResponse
  ) {
    self.add(method, .unary(handler))
  }

  /// Adds a method with one request and many responses.
  @inlinable
  public mutating func serverStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    _ handler:
      @escaping @Sendable (Request, RPCWriter<Response>, ServerContext) async throws -> Void
  ) {
    self.add(
      method,
      .streaming { requests, responses, context in
        let request = try await requests.only("request")
        try await handler(Request(checking: request), RPCWriter(responses), context)
      })
  }

  /// Adds a method with many requests and one response.
  @inlinable
  public mutating func clientStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    _ handler: @escaping @Sendable (RPCStream<Request>, ServerContext) async throws -> Response
  ) {
    self.add(
      method,
      .streaming { requests, responses, context in
        let response = try await handler(RPCStream(checking: requests), context)
        try await responses.write(response.serialized(), compressed: true)
      })
  }

  /// Adds a method with many requests and many responses.
  @inlinable
  public mutating func bidirectionalStreaming<Request: Message, Response: Message>(
    _ method: MethodDescriptor,
    _ handler:
      @escaping @Sendable (RPCStream<Request>, RPCWriter<Response>, ServerContext) async throws
      -> Void
  ) {
    self.add(
      method,
      .streaming { requests, responses, context in
        try await handler(RPCStream(checking: requests), RPCWriter(responses), context)
      })
  }
}

extension MessageSource {
  /// The only message there is.
  ///
  /// - Throws: `.unimplemented`, the code that gRPC gives to a wrong number of messages.
  @usableFromInline
  package func only(_ what: String) async throws(RPCError) -> [UInt8] {
    guard let message = try await self.next() else {
      throw RPCError(.unimplemented, "exactly one \(what) is expected, none came")
    }
    guard try await self.next() == nil else {
      throw RPCError(.unimplemented, "exactly one \(what) is expected, more came")
    }
    return message
  }
}
