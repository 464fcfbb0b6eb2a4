internal import AuthContract
internal import AuthDomain
internal import Core
internal import Mesh
internal import ServiceKit

/// The RPCs of `AuthService`; each stands in a file of its own.
struct AuthHandlers: AuthV1.AuthService {
  /// How often a transaction is tried when the database asks for that.
  static let transactionAttempts = 3

  let users: UserStore
  let sessions: SessionStore
  let sessionRules: SessionRules
  let passwords: PasswordHasher
  let tokens: AccessTokenSigner
  let keySet: KeySetSource
  let endedSessions: EndedSessionFeed
  let attempts: LogInAttempts
  let outbox: Outbox
  let clock: any Core.Clock
}
