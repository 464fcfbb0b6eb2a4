internal import Logging
internal import RPC
internal import Transcoding

/// REST requests: route, access, transcoding, RPC.
extension Edge {
  func call(
    _ request: EdgeRequest, _ head: RequestHead, _ entry: inout AccessLogEntry
  ) async throws(Problem) -> EdgeResponse {
    let (route, variables) = try find(head)
    entry.route = route.template.text
    entry.deprecation = route.deprecation
    var work = try beginWork()
    defer { work.end() }
    crashPoints.reach(.requestRouted)
    try await countAddress(route.method, head, &entry)
    let (admitted, user) = try await authorize(route.method, head)
    var metadata = admitted
    entry.user = user?.id
    try await countUser(route.method, user, head, &entry)
    crashPoints.reach(.requestCounted)
    let isKeyed = try addIdempotencyKey(of: head, for: user, on: route, to: &metadata)
    // What is refused by its head alone has been by now: only others are worth a body.
    let body = try await collect(request.body, &work)
    if route.takesBody, !body.isEmpty { try RequestBody.check(request.headers) }
    let call = try transcode(route, variables, query: try query(head), body: body)
    let channel = try upstreams.channel(of: route.method)
    let options = CallOptions(
      timeout: route.method.deadline ?? limits.requestDeadline, metadata: metadata)
    crashPoints.reach(.requestBeforeCall)
    do throws(RPCError) {
      let reply = try await call.perform(on: channel, options: options)
      crashPoints.reach(.requestAnswered)
      var response = EdgeResponse(
        status: route.successStatus, contentType: "application/json", body: reply)
      response.tellsOfCall = true
      return response
    } catch {
      log(error, of: route.method, head)
      throw Problem(error, of: route.method, lookup: lookups.of(route), isKeyed: isKeyed)
    }
  }

  /// Hands a key on to the service, which answers the same request the same way: of what a user posts.
  ///
  /// Other verbs
  /// are idempotent by themselves, and what strangers post is not kept for anybody who has the key.
  ///
  /// - Returns: Whether there is one.
  private func addIdempotencyKey(
    of head: RequestHead, for user: UserIdentity?, on route: Route, to metadata: inout Metadata
  ) throws(Problem) -> Bool {
    guard route.verb == .post, let key = try head.idempotencyKey(), user != nil else {
      return false
    }
    do {
      try metadata.add(IdempotencyKey.metadataName, key)
    } catch {
      throw .malformedRequest("\(error)")
    }
    return true
  }

  private func find(
    _ head: RequestHead
  ) throws(Problem) -> (Route, variables: [(fieldPath: String, text: String)]) {
    switch table.match(head.verb, head.path) {
    case .found(let route, let variables): return (route, variables)
    case .verbNotAllowed(let allowed):
      let readable = allowed.contains(.get) ? ["HEAD"] : []
      throw .methodNotAllowed(head.method, allowed: allowed.map(\.rawValue) + readable)
    case .notFound: throw .routeNotFound(head.method, head.path.text)
    }
  }

  /// Checks the user where the method needs one, before the body is looked at.
  ///
  /// - Returns: The metadata of the RPC, and the user. The token goes along only where a user is needed.
  private func authorize(
    _ method: MethodDescriptor, _ head: RequestHead
  ) async throws(Problem) -> (Metadata, UserIdentity?) {
    var token: String?
    if case .required = method.access.user {
      token = try head.token()
      if token == nil {
        throw .tokenMissing(
          "this request needs the header \"Authorization: Bearer <access token>\"")
      }
    }
    let metadata = try head.metadata(token: token)
    do throws(RPCError) {
      return (metadata, try await authorize(method, metadata))
    } catch {
      log(error, of: method, head)
      throw Problem(refusal: error)
    }
  }

  /// Asks the access controller, without waiting where it knows the answer.
  func authorize(
    _ method: MethodDescriptor, _ metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? {
    let peer = Self.identity
    if let grant = try accessController.authorizeNow(
      method: method, peer: peer, metadata: metadata)
    {
      return grant.user
    }
    return try await accessController.authorize(method: method, peer: peer, metadata: metadata)
  }

  private func query(_ head: RequestHead) throws(Problem) -> QueryString {
    do throws(QueryString.Failure) {
      return try QueryString(head.query)
    } catch {
      throw .malformedQuery(error)
    }
  }

  private func transcode(
    _ route: Route, _ variables: [(fieldPath: String, text: String)], query: QueryString,
    body: [UInt8]
  ) throws(Problem) -> RouteCall {
    do throws(TranscodingError) {
      return try route.call(variables: variables, query: query, body: body)
    } catch {
      throw Problem(error)
    }
  }

  /// Keeps what only an operator may read.
  private func log(_ error: RPCError, of method: MethodDescriptor, _ head: RequestHead) {
    guard let cause = error.cause else { return }
    logger.notice(
      "call failed",
      metadata: [
        "rpc": "\(method.path)", "code": "\(error.code)", "cause": "\(cause)",
        "correlation_id": "\(head.correlationID)",
      ])
  }
}
