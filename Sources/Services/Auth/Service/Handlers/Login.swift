internal import AuthContract
internal import AuthDomain
internal import Core
internal import Postgres
internal import RPC
internal import ServiceKit

extension AuthHandlers {
  /// Exchanges an address and a password for the tokens of a session.
  func login(
    _ request: AuthV1.LoginRequest, context: ServerContext
  ) async throws -> AuthV1.LoginResponse {
    let logIn = LogIn(email: request.email, password: request.password)
    let refreshToken = RefreshToken()
    let (user, session) = try await attempts.limit(
      logIn.address?.canonicalText ?? "", by: clock
    ) {
      while true {
        let found = try await verifiedUser(logIn)
        if let recorded = try await recordLogIn(of: found, logIn, refreshToken) { return recorded }
        // Each further round follows somebody's change, so there are few.
      }
    }
    context.setAuditedUser(user.id.rawValue)
    var response = AuthV1.LoginResponse()
    response.accessToken = try await tokens.token(for: user, in: session, at: clock.now)
    response.tokenType = AccessTokenSigner.bearer
    response.expiresIn = Int32(LogIn.accessTokenLifetime.components.seconds)
    response.user = AuthV1.User(user)
    response.refreshToken = refreshToken.text
    response.refreshExpiresIn = sessionRules.secondsLeft(of: session, at: session.createdAt)
    response.sessionID = session.id.rawValue
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

  /// Stores that the user logged in, with the session that begins, and a new hash where the old one is of another cost.
  ///
  /// - Returns: nil if the hash is another than the one that the password was compared with: the password may have been
  ///   replaced meanwhile, which has ended all sessions but this one.
  private func recordLogIn(
    of found: UserStore.StoredUser, _ logIn: LogIn, _ refreshToken: RefreshToken
  ) async throws -> (User, Session)? {
    let newHash =
      passwords.isOutdated(found.passwordHash) ? try await passwords.hash(logIn.password) : nil
    let now = clock.now
    let eventID = EventID(UUIDv7.make(now: now))
    let sessionID = SessionID(UUIDv7.make(now: now))
    return try await users.database.transaction(attempts: Self.transactionAttempts) {
      transaction -> (User, Session)? in
      let stored = try await users.lock(ownerOf: found.user.email, in: transaction)
      guard let stored, stored.passwordHash == found.passwordHash else { return nil }
      let owner = try await makeRoom(for: stored.user, at: now, in: transaction)
      let (user, session, event) = try LogIn.decide(
        for: owner, passwordMatches: true, sessionID: sessionID, sessionRules,
        eventID: eventID, at: now)
      sessions.add(session, refreshToken, in: transaction)
      users.saveEventCount(of: user, in: transaction)
      if let newHash { users.setPassword(newHash, of: user.id, in: transaction) }
      outbox.append(event, in: transaction)
      return (user, session)
    }
  }

  /// Ends the live sessions that leave no room for another one, those that were used least recently.
  ///
  /// - Returns: the user with the events counted that tell of it.
  private func makeRoom(
    for user: User, at now: Instant, in transaction: PostgresTransaction
  ) async throws -> User {
    let displaced = try await sessions.leastRecentlyUsed(
      of: user.id, butFor: sessionRules.maximumPerUser - 1, sessionRules, at: now, in: transaction)
    return displaced.reduce(user) { end($1, of: $0, for: .displaced, in: transaction) }
  }
}

extension SessionRules {
  /// How long a session lasts if it is not used, in seconds.
  func secondsLeft(of session: Session, at now: Instant) -> Int32 {
    Int32(clamping: (session.idleEnd(self) - now).components.seconds)
  }
}
