internal import Argon2
internal import AuthContract
internal import Events
internal import Logging
internal import Mesh
public import ServiceKit
internal import TokenVerification

/// What the programs know of this service.
public enum AuthService {
  /// The service, ready to be run.
  public static let definition = ServiceDefinition(
    name: "auth",
    migrations: [
      .events(version: 1),
      Migration("V0002__create_users", PackageResources.V0002__create_users_sql),
      .eventTraces(version: 3),
      Migration("V0004__create_user_roles", PackageResources.V0004__create_user_roles_sql),
      Migration("V0005__create_sessions", PackageResources.V0005__create_sessions_sql),
      Migration("V0006__create_lock_outs", PackageResources.V0006__create_lock_outs_sql),
      .refusedEvents(version: 7),
      Migration("V0008__find_old_sessions", PackageResources.V0008__find_old_sessions_sql),
    ],
    topics: [AuthV1.Topics.userEvents.specification],
    make: makeParts)

  @Sendable private static func makeParts(
    _ environment: ServiceEnvironment
  ) async throws -> ServiceParts {
    let settings = try AuthSettings(environment.reader, service: environment.name)
    if settings.passwords.isCheaperThanRecommended {
      environment.logger.warning("password hashes cost less than is recommended for production")
    }
    let sessions = SessionStore(database: environment.database)
    let keySet = KeySetSource(
      keys: settings.signingKeys.keySet, sessions: sessions, clock: environment.clock)
    let endedSessions = EndedSessionFeed(sessions: sessions, clock: environment.clock)
    let attempts = LogInAttempts(
      LockOutStore(database: environment.database), logger: environment.logger)
    let purger = SessionPurger(
      sessions: sessions, rules: settings.sessions, clock: environment.clock,
      logger: environment.logger)
    let handlers = AuthHandlers(
      users: UserStore(database: environment.database),
      sessions: sessions,
      sessionRules: settings.sessions,
      passwords: try await PasswordHasher(settings.passwords),
      tokens: try await AccessTokenSigner(settings.signingKeys),
      keySet: keySet,
      endedSessions: endedSessions,
      attempts: attempts,
      outbox: environment.outbox,
      clock: environment.clock)
    // Its own keys are at hand: asking itself over the network would only be slower.
    let verifier = JWKSTokenVerifier(
      issuer: AccessTokenIssuer.name, audience: AccessTokenIssuer.audience,
      clock: environment.clock
    ) { try await keySet.document() }
    return ServiceParts(
      services: [handlers], tasks: [endedSessions.task, attempts.task, purger.task],
      tokenVerifier: verifier, dependencies: [.database(environment.database)])
  }
}
