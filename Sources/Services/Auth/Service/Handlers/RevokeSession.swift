internal import AuthContract
internal import AuthDomain
internal import Core
internal import Postgres
internal import RPC
internal import ServiceKit

extension AuthHandlers {
  /// Ends one of the caller's sessions.
  func revokeSession(
    _ request: AuthV1.RevokeSessionRequest, context: ServerContext
  ) async throws -> AuthV1.RevokeSessionResponse {
    let caller = UserID(rawValue: try context.userID)
    let id = SessionID(rawValue: request.sessionID)
    try await users.database.transaction(attempts: Self.transactionAttempts) { transaction in
      guard let user = try await users.lock(caller, in: transaction) else {
        throw AuthErrors.userNotFound
      }
      guard let session = try await sessions.find(id, of: caller, in: transaction) else {
        throw AuthErrors.sessionNotFound
      }
      end(session, of: user, for: .revoked, in: transaction)
    }
    return AuthV1.RevokeSessionResponse()
  }
}
