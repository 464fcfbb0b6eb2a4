internal import NIOHTTP1
internal import Observability
internal import RPC

/// What a WebSocket starts with.
struct WebSocketAdmission: Sendable {
  /// The correlation id of everything done for this socket.
  let correlationID: String
  /// The span of the upgrade request, from which subscriptions follow.
  let span: ActiveSpan?
  /// Who asked.
  let client: IPAddress?
  /// The user, where the upgrade request carried a token.
  let user: UserIdentity?
}

/// The upgrade to a WebSocket.
extension Edge {
  /// Decides whether a connection may become a WebSocket.
  func admit(_ request: EdgeRequest, _ head: RequestHead) async throws(Problem)
    -> WebSocketAdmission
  {
    guard head.method == "GET" else {
      throw .methodNotAllowed(head.method, allowed: ["GET"])
    }
    try checkUpgrade(head.headers)
    try checkOrigin(head.headers)
    if state.isDraining {
      throw Problem(503, .unavailable, reason: "DRAINING", "the gateway is shutting down")
    }
    var user: UserIdentity?
    if let token = try head.token() {
      do throws(RPCError) {
        user = try await authenticate(token, head)
      } catch {
        throw Problem(refusal: error)
      }
    }
    crashPoints.reach(.webSocketAdmitted)
    return WebSocketAdmission(
      correlationID: head.correlationID, span: ActiveSpan.current, client: head.client, user: user)
  }

  /// Verifies a token for no method in particular.
  func authenticate(
    _ token: String, _ head: RequestHead
  ) async throws(RPCError) -> UserIdentity? {
    let metadata: Metadata
    do throws(Problem) {
      metadata = try head.metadata(token: token)
    } catch {
      throw RPCError(.unauthenticated, error.detail)
    }
    return try await authorize(Self.anyUser, metadata)
  }

  /// A method that every user may call, to verify a token before a channel is known.
  static let anyUser = MethodDescriptor(
    service: "alphintra.gateway", method: "WebSocket", kind: .serverStreaming,
    access: AccessRule(callers: .services(["gateway"]), user: .required(roles: [])))

  /// RFC 6455 section 4.2.1.
  private func checkUpgrade(_ headers: HTTPHeaders) throws(Problem) {
    let upgrades = headers[canonicalForm: "upgrade"].map { $0.lowercased() }
    let connections = headers[canonicalForm: "connection"].map { $0.lowercased() }
    guard upgrades.contains("websocket"), connections.contains("upgrade") else {
      throw .upgradeRequired("this path speaks the WebSocket protocol: send Upgrade: websocket")
    }
    guard try headers.only("sec-websocket-version") == "13" else {
      throw .upgradeRequired("the header Sec-WebSocket-Version is 13")
    }
    let key = try headers.only("sec-websocket-key") ?? ""
    guard key.utf8.count == 24, key.hasSuffix("==") else {
      throw .malformedRequest("the header Sec-WebSocket-Key is 16 bytes in base64")
    }
  }

  /// A page of another origin must not open a socket in its visitor's name.
  private func checkOrigin(_ headers: HTTPHeaders) throws(Problem) {
    guard let origin = try headers.only("origin") else { return }
    let host = try headers.only("host") ?? ""
    guard origin == "https://\(host)" || allowedOrigins.contains(origin) else {
      throw Problem(
        403, .permissionDenied, reason: "ORIGIN_NOT_ALLOWED",
        "pages of \(origin.prefix(200)) may not open a WebSocket here")
    }
  }
}

extension Problem {
  static func upgradeRequired(_ detail: String) -> Problem {
    var problem = Problem(426, .failedPrecondition, reason: "UPGRADE_REQUIRED", detail)
    problem.headers = [
      ("upgrade", "websocket"), ("connection", "upgrade"), ("sec-websocket-version", "13"),
    ]
    return problem
  }
}
