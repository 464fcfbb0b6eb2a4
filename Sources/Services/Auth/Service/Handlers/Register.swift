internal import AuthContract
internal import AuthDomain
internal import Core
internal import Postgres
internal import RPC
internal import ServiceKit

extension AuthHandlers {
  /// Registers a user.
  func register_(
    _ request: AuthV1.RegisterRequest, context: ServerContext
  ) async throws -> AuthV1.User {
    let terms = try Register(
      email: request.email, password: request.password, displayName: request.displayName
    ).terms()
    let hash = try await passwords.hash(terms.password.text)
    let now = clock.now
    let (user, event) = terms.makeUser(
      id: UserID(UUIDv7.make(now: now)), eventID: EventID(UUIDv7.make(now: now)), at: now)
    switch try await store(user, hash, event) {
    case .added: break
    // An attempt before this one was committed, and only its answer was lost.
    case .emailTaken(let owner) where owner == user.id: break
    case .emailTaken: throw RegisterRejection.emailTaken
    }
    context.setAuditedUser(user.id.rawValue)
    return AuthV1.User(user)
  }

  /// Stores the user and the event together.
  ///
  /// The ids are made once: when the connection is lost behind a COMMIT, a second attempt meets what
  /// the first has stored, and so finds out what became of it.
  private func store(
    _ user: User, _ hash: PasswordHash, _ event: UserEvent
  ) async throws -> UserStore.Addition {
    do {
      return try await storeOnce(user, hash, event)
    } catch let error as PostgresError where error.outcomeUnknown {
      do {
        return try await storeOnce(user, hash, event)
      } catch var error as PostgresError {
        // Whatever kept the second attempt from an answer, the first may have been committed.
        error.outcomeUnknown = true
        throw error
      }
    }
  }

  private func storeOnce(
    _ user: User, _ hash: PasswordHash, _ event: UserEvent
  ) async throws -> UserStore.Addition {
    try await users.database.transaction(attempts: Self.transactionAttempts) { transaction in
      let addition = try await users.add(user, hash, in: transaction)
      if addition == .added { outbox.append(event, in: transaction) }
      return addition
    }
  }
}
