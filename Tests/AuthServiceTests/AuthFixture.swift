import AuthContract
import AuthService
import Core
import CryptoExtras
import Events
import Foundation
import Mesh
import Postgres
import Protobuf
import RPC
import ServiceKit
import TestSupport
import Testing

/// The auth service with a key of its own and cheap hashes, called inside the process.
final class AuthFixture: Sendable {
  /// What the key files of tests hold: made once, for making one takes long.
  enum Keys {
    static let first = Task { try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation }
    static let second = Task { try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation }
  }

  /// Hashes as cheap as they can be.
  static let cheapHashes = [
    "AUTH_ARGON2_MEMORY_KIB": "8", "AUTH_ARGON2_PASSES": "1", "AUTH_ARGON2_WAITING": "1024",
  ]

  static let password = "correct horse battery staple"

  let service: ServiceFixture
  let client: AuthV1.AuthServiceClient
  private let folder: TemporaryFolder

  /// A service; on the database of another, if one is given.
  init(
    keys: String? = nil, settings: [String: String] = [:], clock: any Core.Clock = SystemClock(),
    sharing other: AuthFixture? = nil
  ) async throws {
    folder = try TemporaryFolder()
    let pem = if let keys { keys } else { try await Keys.first.value }
    var variables = Self.cheapHashes
    variables["AUTH_SIGNING_KEY"] = try folder.write("keys.pem", pem)
    variables.merge(settings) { $1 }
    service = try await ServiceFixture(
      AuthService.definition, settings: variables, clock: clock,
      database: other?.service.database, cluster: other?.service.cluster)
    client = AuthV1.AuthServiceClient(service.channel())
  }

  // MARK: Calls

  static func registration(
    _ email: String, password: String = AuthFixture.password, name: String = "Ada"
  ) -> AuthV1.RegisterRequest {
    var request = AuthV1.RegisterRequest()
    request.email = email
    request.password = password
    request.displayName = name
    return request
  }

  @discardableResult
  func register(_ email: String, password: String = AuthFixture.password) async throws
    -> AuthV1.User
  {
    try await client.register_(Self.registration(email, password: password))
  }

  func logIn(
    _ email: String, password: String = AuthFixture.password
  ) async throws(RPCError) -> AuthV1.LoginResponse {
    var request = AuthV1.LoginRequest()
    request.email = email
    request.password = password
    return try await client.login(request)
  }

  func refresh(_ token: String) async throws(RPCError) -> AuthV1.RefreshResponse {
    try await client.refresh(.with { $0.refreshToken = token })
  }

  /// The caller's live sessions, by id.
  func sessions(_ accessToken: String) async throws -> [AuthV1.Session] {
    try await client.listSessions(
      .with { $0.pageSize = 100 }, options: try ServiceFixture.options(token: accessToken)
    ).sessions
  }

  /// A verifier of this service's tokens, by what it publishes.
  func verifier(clock: any Core.Clock = SystemClock()) -> JWKSTokenVerifier {
    let client = self.client
    return JWKSTokenVerifier(
      issuer: "https://auth.alphintra", audience: "alphintra", clock: clock
    ) {
      let keys = try await client.jwks(AuthV1.JwksRequest())
      return KeySetDocument(
        json: keys.jwks, maximumAge: .seconds(Int64(keys.maxAgeSeconds)),
        endedSessions: Set(keys.endedSessionIDs),
        endedSessionsMaximumAge: .seconds(Int64(keys.endedSessionsMaxAgeSeconds)))
    }
  }

  // MARK: What is stored

  /// An event as the outbox holds it.
  struct StoredEvent {
    let event: AuthV1.UserEvent
    let eventID: String
    let topic: String
    let key: String
    let sequence: Int64
    let correlationID: String?
  }

  /// The events of all users, in the order they were stored.
  func events() async throws -> [StoredEvent] {
    try await service.environment.database.query(
      """
      SELECT event_id, topic, key, sequence, payload, content_type, correlation_id
      FROM outbox ORDER BY id
      """
    ).map { row in
      let type = try row.decode(String.self, "content_type")
      let payload = try row.decode([UInt8].self, "payload")
      return StoredEvent(
        event: try AuthV1.Topics.userEvents.decode(
          payload, as: try #require(EventContentType(rawValue: type))),
        eventID: try row.decode(String.self, "event_id"),
        topic: try row.decode(String.self, "topic"), key: try row.decode(String.self, "key"),
        sequence: try row.decode(Int64.self, "sequence"),
        correlationID: try row.decode(String?.self, "correlation_id"))
    }
  }

  /// All that is stored about users, as text: equal before and after a call that changed nothing.
  func state() async throws -> String {
    let row = try await service.environment.database.query(
      """
      SELECT coalesce(string_agg(u::text, E'\\n' ORDER BY user_id), '')
          || (SELECT coalesce(string_agg(r::text, E'\\n' ORDER BY user_id, role), '') FROM user_roles r)
          AS users,
        (SELECT coalesce(string_agg(s::text, E'\\n' ORDER BY session_id), '') FROM sessions s)
          || (SELECT count(*) FROM refresh_tokens) AS sessions,
        (SELECT count(*) FROM outbox) AS events
      FROM users u
      """
    ).one()
    return try row.decode(String.self, "users") + row.decode(String.self, "sessions")
      + "\n\(try row.decode(Int64.self, "events")) events"
  }

  /// The stored hash of an address.
  func passwordHash(of email: String) async throws -> String {
    try await service.environment.database.query(
      "SELECT password_hash FROM users WHERE canonical_email = \(email)"
    ).one().decode(String.self, "password_hash")
  }

  /// How many sessions of all users have not been ended.
  func liveSessions() async throws -> Int {
    try await count("sessions WHERE ended_at IS NULL")
  }

  /// How many wrong passwords are counted.
  func failures() async throws -> Int { try await count("lock_outs WHERE failures > 0") }

  private func count(_ rows: String) async throws -> Int {
    try await service.environment.database.query(
      PostgresQuery(unsafeSQL: "SELECT count(*) FROM \(rows)")
    ).one().decode(Int.self, "count")
  }
}

extension RPCError {
  /// The one reason, as `domain/reason`.
  var reason: String? { errorInfo.map { "\($0.domain)/\($0.reason)" } }

  /// The wrong fields.
  var violations: [FieldViolation] {
    details.flatMap { detail -> [FieldViolation] in
      if case .badRequest(let violations) = detail { violations } else { [] }
    }
  }

  /// When to come back.
  var retryDelay: Duration? {
    for case .retryInfo(let delay) in details { return delay }
    return nil
  }
}
