internal import AuthContract
internal import AuthDomain
internal import Core
internal import Postgres
internal import RPC
internal import ServiceKit

extension AuthHandlers {
  /// Ends the session of a refresh token; what is no token, or not any more, is answered in the same way.
  func logout(
    _ request: AuthV1.LogoutRequest, context: ServerContext
  ) async throws -> AuthV1.LogoutResponse {
    let token = RefreshToken(shown: request.refreshToken)
    let owner = try await users.database.transaction(attempts: Self.transactionAttempts) {
      transaction -> UserID? in
      guard let owner = try await sessions.owner(of: token, in: transaction),
        let user = try await users.lock(owner, in: transaction),
        let found = try await sessions.find(token, in: transaction)
      else { return nil }
      end(found.session, of: user, for: .loggedOut, in: transaction)
      return owner
    }
    if let owner { context.setAuditedUser(owner.rawValue) }
    return AuthV1.LogoutResponse()
  }

  /// Stores that a session ends, with the event that tells of it; nothing if it has ended before.
  ///
  /// - Returns: the user with the event counted.
  @discardableResult
  func end(
    _ session: Session, of user: User, for reason: Session.EndReason,
    in transaction: PostgresTransaction
  ) -> User {
    let now = clock.now
    let eventID = EventID(UUIDv7.make(now: now))
    guard
      let (session, user, event) = EndSession.decide(
        session, of: user, for: reason, eventID: eventID, at: now)
    else { return user }
    sessions.saveEnd(of: session, in: transaction)
    users.saveEventCount(of: user, in: transaction)
    outbox.append(event, in: transaction)
    return user
  }
}
