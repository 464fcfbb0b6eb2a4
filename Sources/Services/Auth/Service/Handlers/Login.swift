internal import AuthContract
internal import AuthDomain
internal import Core
internal import Postgres
internal import RPC
internal import ServiceKit

extension AuthHandlers {
  /// Exchanges an address and a password for an access token.
  func login(
    _ request: AuthV1.LoginRequest, context: ServerContext
  ) async throws -> AuthV1.LoginResponse {
    let logIn = LogIn(email: request.email, password: request.password)
    let user = try await attempts.limit(logIn.address?.canonicalText ?? "", at: clock.now) {
      let found = try await verifiedUser(logIn)
      return try await recordLogIn(of: found, logIn)
    }
    context.setAuditedUser(user.id.rawValue)
    var response = AuthV1.LoginResponse()
    response.accessToken = try await tokens.token(for: user, at: clock.now)
    response.tokenType = "Bearer"
    response.expiresIn = Int32(LogIn.accessTokenLifetime.components.seconds)
    response.user = AuthV1.User(user)
    return response
  }

  /// The owner of the address, if the password is theirs; the same work whether or not there is one.
  private func verifiedUser(_ logIn: LogIn) async throws -> UserStore.StoredUser {
    var found: UserStore.StoredUser?
    if let address = logIn.address { found = try await users.user(with: address) }
    let matches = try await passwords.verify(logIn.password, against: found?.passwordHash)
    guard let found, matches else { throw LogInRejection.wrongCredentials }
    return found
  }

  /// Stores that the user logged in, and a new hash where the old one is of another cost.
  private func recordLogIn(
    of found: UserStore.StoredUser, _ logIn: LogIn
  ) async throws -> User {
    let newHash =
      passwords.isOutdated(found.passwordHash) ? try await passwords.hash(logIn.password) : nil
    let now = clock.now
    let eventID = EventID(UUIDv7.make(now: now))
    let user = try await users.database.transaction(attempts: Self.transactionAttempts) {
      transaction in
      let (user, event) = try LogIn.decide(
        for: try await users.lock(found.user.id, in: transaction), passwordMatches: true,
        eventID: eventID, at: now)
      users.saveEventCount(of: user, in: transaction)
      if let newHash {
        users.replace(found.passwordHash, by: newHash, of: user.id, in: transaction)
      }
      outbox.append(event, in: transaction)
      return user
    }
    outbox.wake()
    return user
  }
}
