internal import AuthDomain
internal import Core
internal import Postgres

/// The users of this service's schema.
struct UserStore: Sendable {
  /// A user with the hash of the password.
  struct StoredUser: Sendable {
    let user: User
    let passwordHash: PasswordHash
  }

  /// What became of a new user.
  enum Addition: Hashable {
    /// The user was added.
    case added
    /// The address belongs to this user already.
    case emailTaken(by: UserID)
  }

  let database: PostgresPool

  /// Adds a user unless the address is taken; waits for another who registers it at the same time.
  nonisolated(nonsending) func add(
    _ user: User, _ passwordHash: PasswordHash, in transaction: PostgresTransaction
  ) async throws -> Addition {
    let added = try await transaction.execute(
      """
      -- name: user_add
      INSERT INTO users (user_id, email, canonical_email, display_name, password_hash,
        event_count, created_at)
      VALUES (\(user.id), \(user.email.text), \(user.email.canonicalText),
        \(user.displayName.text), \(passwordHash), \(user.eventCount), \(user.createdAt))
      ON CONFLICT DO NOTHING
      """)
    if added == 1 {
      transaction.send(
        """
        -- name: user_add_roles
        INSERT INTO user_roles (user_id, role, granted_at)
        SELECT u.user_id, role, u.created_at FROM users u, unnest(\(user.roles.names)::text[]) AS role
        WHERE u.user_id = \(user.id)
        """)
      return .added
    }
    let owner = try await transaction.query(
      """
      -- name: user_id_by_email
      SELECT user_id FROM users WHERE canonical_email = \(user.email.canonicalText)
      """
    ).one()
    return .emailTaken(by: UserID(rawValue: try owner.decode(String.self, "user_id")))
  }

  /// The owner of an address.
  nonisolated(nonsending) func user(with email: EmailAddress) async throws -> StoredUser? {
    try await database.query(
      """
      -- name: user_by_email
      SELECT u.*, ARRAY(SELECT role FROM user_roles r WHERE r.user_id = u.user_id) AS roles
      FROM users u WHERE canonical_email = \(email.canonicalText)
      """
    ).oneOrNone().map(StoredUser.init)
  }

  /// The user of that name.
  nonisolated(nonsending) func user(_ id: UserID) async throws -> User? {
    try await database.query(
      """
      -- name: user_by_id
      SELECT u.*, ARRAY(SELECT role FROM user_roles r WHERE r.user_id = u.user_id) AS roles
      FROM users u WHERE user_id = \(id)
      """
    ).oneOrNone().map(StoredUser.init)?.user
  }

  /// The user of that name, kept from others until the transaction ends.
  nonisolated(nonsending) func lock(
    _ id: UserID, in transaction: PostgresTransaction
  ) async throws -> User? {
    try await lock("user_id = \(id)", in: transaction)?.user
  }

  /// The owner of an address with the hash of the password, kept from others until the transaction ends.
  nonisolated(nonsending) func lock(
    ownerOf email: EmailAddress, in transaction: PostgresTransaction
  ) async throws -> StoredUser? {
    try await lock("canonical_email = \(email.canonicalText)", in: transaction)
  }

  /// Each statement sees what was committed before it began: roles that the one read that locks, and may wait for
  /// whoever withdraws one, would be those from before the wait.
  private nonisolated(nonsending) func lock(
    _ condition: PostgresQuery, in transaction: PostgresTransaction
  ) async throws -> StoredUser? {
    let rows = try await transaction.pipeline([
      """
      -- name: user_lock
      SELECT * FROM users WHERE \(condition) FOR UPDATE
      """,
      """
      -- name: user_locked_roles
      SELECT role FROM user_roles JOIN users USING (user_id) WHERE \(condition)
      """,
    ])
    let roles = try rows[1].map { try $0.decode(String.self, "role") }
    return try rows[0].oneOrNone().map { try StoredUser($0, roles: roles) }
  }

  /// Stores the user's count of events.
  func saveEventCount(of user: User, in transaction: PostgresTransaction) {
    transaction.send(
      """
      -- name: user_save_event_count
      UPDATE users SET event_count = \(user.eventCount) WHERE user_id = \(user.id)
      """)
  }

  /// Stores what a user is to the platform from now on.
  func setRoles(of user: User, at now: Instant, in transaction: PostgresTransaction) {
    transaction.send(
      """
      -- name: user_withdraw_roles
      DELETE FROM user_roles
      WHERE user_id = \(user.id) AND role <> ALL (\(user.roles.names)::text[])
      """)
    transaction.send(
      """
      -- name: user_grant_roles
      INSERT INTO user_roles (user_id, role, granted_at)
      SELECT \(user.id)::uuid, role, \(now)::timestamptz FROM unnest(\(user.roles.names)::text[]) AS role
      ON CONFLICT DO NOTHING
      """)
  }

  /// Puts a hash, of the same password or another, in place of whatever there is; the user's row is locked.
  func setPassword(
    _ hash: PasswordHash, of id: UserID, in transaction: PostgresTransaction
  ) {
    transaction.send(
      """
      -- name: user_set_password
      UPDATE users SET password_hash = \(hash) WHERE user_id = \(id)
      """)
  }
}

extension UserStore.StoredUser {
  fileprivate init(_ row: PostgresRow) throws(PostgresError) {
    try self.init(row, roles: try row.decode([String].self, "roles"))
  }

  fileprivate init(_ row: PostgresRow, roles: [String]) throws(PostgresError) {
    user = User(
      id: UserID(rawValue: try row.decode(String.self, "user_id")),
      email: try row.decode(EmailAddress.self, "email"),
      displayName: try row.decode(DisplayName.self, "display_name"),
      // A role that this program does not know grants nothing.
      roles: Set(roles.compactMap(Role.init)),
      createdAt: try row.decode(Instant.self, "created_at"),
      eventCount: try row.decode(Int64.self, "event_count"))
    passwordHash = try row.decode(PasswordHash.self, "password_hash")
  }
}
