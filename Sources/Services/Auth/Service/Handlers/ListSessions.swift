internal import AuthContract
internal import AuthDomain
internal import Core
internal import Protobuf
internal import RPC
internal import ServiceKit

extension AuthHandlers {
  private static let pageSizes = PageSizes(default: 50, max: 100)

  /// The caller's live sessions, newest first.
  func listSessions(
    _ request: AuthV1.ListSessionsRequest, context: ServerContext
  ) async throws -> AuthV1.ListSessionsResponse {
    let user = UserID(rawValue: try context.userID)
    var violations: [FieldViolation] = []
    let page = Page(
      size: request.pageSize, token: request.pageToken, of: "sessions", sizes: Self.pageSizes,
      &violations
    ) { SessionID(rawValue: $0) }
    guard violations.isEmpty else { throw AuthErrors.invalidPage(violations) }
    let found = try await sessions.live(
      of: user, sessionRules, before: page.after, limit: page.readLimit, at: clock.now)
    let (items, nextToken) = page.cut(found) { $0.id.rawValue }
    var response = AuthV1.ListSessionsResponse()
    response.sessions = items.map { session in
      .with {
        $0.sessionID = session.id.rawValue
        $0.createdAt = Google.Timestamp(session.createdAt)
        $0.lastUsedAt = Google.Timestamp(session.lastUsedAt)
        $0.expiresAt = Google.Timestamp(session.idleEnd(sessionRules))
        $0.current = session.id.rawValue == context.user?.sessionID
      }
    }
    response.nextPageToken = nextToken
    return response
  }
}
