public import Observability

/// What a handler knows about the call it serves.
///
/// It is also the task-local `ServerContext.current`, from which calls made inside the handler inherit
/// the deadline, the end user's token, the correlation id and the span (see `CallOptions`).
public struct ServerContext: Sendable {
  package let call: ServerCall
  /// What an interceptor put in the place of the metadata that came.
  private var replacedMetadata: Metadata?
  /// Names what this call does, the same each time the call is run under its idempotency key; nil without a key.
  ///
  /// A handler that gives this name to what it makes finds it again when it runs once more.
  public private(set) var operationID: String?

  package init(_ call: ServerCall) {
    self.call = call
  }

  /// The context of the call whose handler this task runs, if any.
  @TaskLocal public static var current: ServerContext?

  /// The name under which the correlation id travels.
  public static let correlationIDName = "x-correlation-id"

  /// The method called.
  public var method: MethodDescriptor { self.call.registered.descriptor }

  /// The metadata that came with the request, or what an interceptor has put in its place.
  public var metadata: Metadata { self.replacedMetadata ?? self.call.metadata }

  /// The calling service; nil without a client certificate.
  public var peer: PeerIdentity? { self.call.peer }

  /// The verified end user; nil when the method's access rule needs none.
  public var user: UserIdentity? { self.call.grant?.user }

  /// When the call must be done; nil when there is no limit.
  public var deadline: ContinuousClock.Instant? { self.call.deadline }

  /// What an overloaded server gives up first: what the contract says of the method, or the caller if it
  /// says less.
  ///
  /// No caller can make a call more critical than its contract does; one that is part of something less
  /// critical is no more so than that, and the calls it leads to are not, either.
  public var criticality: Criticality {
    let contract = self.method.criticality
    guard let stated = self.metadata[Criticality.metadataName].flatMap(Criticality.init(label:))
    else { return contract }
    return min(contract, stated)
  }

  /// How many attempts of this call its client has made before this one, as far as it says so (gRFC A6).
  public var previousAttempts: Int { self.call.previousAttempts }

  /// The id that ties together everything done for one outside request.
  public var correlationID: String? { self.metadata[Self.correlationIDName] }

  /// The span of the call, to say more of it or to begin others below it; where nobody records it, the ids
  /// that it came with, or nil.
  public var span: ActiveSpan? { self.call.span }

  /// The id of the verified end user.
  ///
  /// - Throws: `.unauthenticated` when there is none.
  public var userID: String {
    get throws(RPCError) {
      guard let user = self.user else {
        throw RPCError(.unauthenticated, "this method needs a user's access token")
      }
      return user.id
    }
  }

  /// Says whom the call is about where no token does, such as a log-in: for the audit log.
  public func setAuditedUser(_ id: String) { self.call.auditedUserID = id }

  /// Sets the metadata that goes out before the first response message.
  ///
  /// - Returns: False if it has already gone out, in which case nothing changes.
  @discardableResult
  public func setInitialMetadata(_ metadata: Metadata) -> Bool {
    self.call.setInitialMetadata(metadata)
  }

  /// Sets how the responses are compressed for a client that accepts it; the server's own setting counts
  /// otherwise.
  ///
  /// - Returns: False if the first response has already gone out, in which case nothing changes.
  @discardableResult
  public func setResponseCompression(_ compression: Compression) -> Bool {
    self.call.setResponseCompression(compression)
  }

  /// Whether the request that was taken last came compressed.
  ///
  /// Inside a process nothing is compressed; there it is whether the client asked for it.
  public var lastRequestWasCompressed: Bool { self.call.lastRequestWasCompressed }

  /// Sets the metadata that goes out with the status.
  public func setTrailingMetadata(_ metadata: Metadata) {
    self.call.setTrailingMetadata(metadata)
  }
}

extension ServerContext {
  /// The same call with other metadata, for an interceptor to hand on.
  ///
  /// What calls made inside the handler inherit is taken from it, too: the user's token and the correlation
  /// id. The access check has been made on what came.
  public func replacingMetadata(_ metadata: Metadata) -> ServerContext {
    var context = self
    context.replacedMetadata = metadata
    return context
  }

  /// The same call as a run of an operation.
  public func performing(_ operationID: String) -> ServerContext {
    var context = self
    context.operationID = operationID
    return context
  }

  /// Runs what is to see this context, which is the current one already unless its metadata was replaced.
  func whereReplaced<Result>(_ body: () async throws -> Result) async throws -> Result {
    guard self.replacedMetadata != nil else { return try await body() }
    return try await Self.$current.withValue(self) { try await body() }
  }
}

extension ServerContext {
  /// Creates a context outside any server, to call a handler directly in its unit test.
  public init(
    method: MethodDescriptor, metadata: Metadata = Metadata(), peer: PeerIdentity? = nil,
    user: UserIdentity? = nil, deadline: ContinuousClock.Instant? = nil
  ) {
    self.init(
      ServerCall(
        RegisteredMethod(method, .unary { _, _ in EncodedResponse(serialized: []) }),
        metadata: metadata, peer: peer,
        deadline: deadline, grant: AccessGrant(user: user)))
  }
}
