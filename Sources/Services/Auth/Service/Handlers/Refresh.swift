internal import AuthContract
internal import AuthDomain
internal import Core
internal import Postgres
internal import RPC
internal import ServiceKit

extension AuthHandlers {
  /// Exchanges a refresh token for an access token and the next refresh token.
  func refresh(
    _ request: AuthV1.RefreshRequest, context: ServerContext
  ) async throws -> AuthV1.RefreshResponse {
    let next = RefreshToken()
    let now = clock.now
    let exchange = try await exchange(RefreshToken(shown: request.refreshToken), for: next, at: now)
    // What ends a session is stored before it is told.
    guard case .rotate(let session, let user) = exchange else { throw RefreshRejection.replayed }
    context.setAuditedUser(user.id.rawValue)
    var response = AuthV1.RefreshResponse()
    response.accessToken = try await tokens.token(for: user, in: session, at: now)
    response.tokenType = AccessTokenSigner.bearer
    response.expiresIn = Int32(LogIn.accessTokenLifetime.components.seconds)
    response.refreshToken = next.text
    response.refreshExpiresIn = sessionRules.secondsLeft(of: session, at: now)
    response.sessionID = session.id.rawValue
    return response
  }

  private enum Exchange {
    case rotate(Session, User)
    case replayed
  }

  /// Decides on the token, and stores what follows in one transaction.
  private func exchange(
    _ shown: RefreshToken, for next: RefreshToken, at now: Instant
  ) async throws -> Exchange {
    let eventID = EventID(UUIDv7.make(now: now))
    return try await users.database.transaction(attempts: Self.transactionAttempts) { transaction in
      guard let owner = try await sessions.owner(of: shown, in: transaction),
        let user = try await users.lock(owner, in: transaction),
        let found = try await sessions.find(shown, in: transaction)
      else { throw RefreshRejection.unknownToken }
      let decision = try Refresh.decide(
        generation: found.generation, of: found.session, user, sessionRules, eventID: eventID,
        at: now)
      switch decision {
      case .rotate(let session):
        sessions.rotate(session, to: next, in: transaction)
        return .rotate(session, user)
      case .end(let session, let user, let event):
        sessions.saveEnd(of: session, in: transaction)
        users.saveEventCount(of: user, in: transaction)
        outbox.append(event, in: transaction)
        return .replayed
      }
    }
  }
}
