internal import AuthDomain
public import Configuration
internal import Core
public import Logging
internal import Postgres
internal import ProcessKit
internal import ServiceKit

/// Makes the accounts of staff, and says what they may, for whoever holds the auth service's role in its database.
///
/// No RPC does it: the first operator could not be asked for a token, and a stolen one must not make others.
public struct OperatorAccounts: Sendable {
  /// What became of an account.
  public enum Outcome: Sendable {
    /// It was made.
    case made
    /// It was there, and has another password now.
    case passwordReplaced
    /// It was there with that password.
    case kept
  }

  /// What a member of staff is to the platform.
  public enum StaffRole: String, Sendable, CaseIterable {
    /// Credits deposits, reads trial balances.
    case `operator`
    /// Decides about users.
    case admin

    var role: Role {
      switch self {
      case .operator: .operator
      case .admin: .admin
      }
    }
  }

  private let users: UserStore
  private let sessions: SessionStore
  private let passwords: PasswordHasher
  private let outbox: Outbox

  /// Reads where the database is and what a hash costs, by the auth service's own settings.
  ///
  /// - Throws: `ConfigurationError` with every problem there is.
  public init(_ reader: ConfigReader, logger: Logger) async throws {
    let name = AuthService.definition.name
    var settings = Settings(reader, service: name)
    let database = ServiceConfiguration.PostgresConfiguration(&settings, service: name)
    let passwords = PasswordSettings(&settings, service: name)
    try settings.finish()
    self.init(
      database: PostgresPool(database.connection(to: name, logger: logger)),
      passwords: try await PasswordHasher(passwords))
  }

  init(database: PostgresPool, passwords: PasswordHasher) {
    users = UserStore(database: database)
    sessions = SessionStore(database: database)
    self.passwords = passwords
    outbox = Outbox(service: AuthService.definition.name)
  }

  /// Makes a member of staff, or brings the password of one who is there to the given one.
  ///
  /// May be repeated: what is as it should be stays.
  ///
  /// - Throws: ``OperatorAccountError``, or what the database throws.
  public func ensure(
    email: String, displayName: String, password: String, role: StaffRole = .operator
  ) async throws -> Outcome {
    let terms: Register.Terms
    do throws(RegisterRejection) {
      terms = try Register(email: email, password: password, displayName: displayName).terms()
    } catch {
      throw OperatorAccountError(error)
    }
    let hash = try await passwords.hash(terms.password.text)
    while true {
      // Hashes take long: none is made while a user's row is locked.
      let found = try await users.user(with: terms.email)
      let matches = try await passwords.verify(terms.password.text, against: found?.passwordHash)
      if let outcome = try await ensure(terms, role, hash, comparedWith: found, matches) {
        return outcome
      }
      // Each further round follows somebody's change, so there are few.
    }
  }

  /// - Returns: nil if the account was made meanwhile, or its hash anew: the comparison tells nothing about that one.
  private func ensure(
    _ terms: Register.Terms, _ role: StaffRole, _ hash: PasswordHash,
    comparedWith found: UserStore.StoredUser?, _ passwordMatches: Bool
  ) async throws -> Outcome? {
    let now = SystemClock().now
    let (id, eventID) = (UserID(UUIDv7.make(now: now)), EventID(UUIDv7.make(now: now)))
    return try await users.database.transaction(attempts: AuthHandlers.transactionAttempts) {
      transaction -> Outcome? in
      let stored = try await users.lock(ownerOf: terms.email, in: transaction)
      guard stored?.passwordHash == found?.passwordHash else { return nil }
      let decision: AppointOperator.Decision
      do throws(AppointOperatorRejection) {
        decision = try AppointOperator.decide(
          terms, owner: stored.map { ($0.user, passwordMatches) }, role: role.role, id: id,
          eventID: eventID, at: now)
      } catch {
        throw OperatorAccountError.lacksRole(terms.email.text, role)
      }
      return try await carryOut(decision, hash, in: transaction)
    }
  }

  private func carryOut(
    _ decision: AppointOperator.Decision, _ hash: PasswordHash, in transaction: PostgresTransaction
  ) async throws -> Outcome? {
    switch decision {
    case .add(let user, let event):
      guard try await users.add(user, hash, in: transaction) == .added else { return nil }
      outbox.append(event, in: transaction)
      return .made
    case .replacePassword(let user, let event):
      users.setPassword(hash, of: user.id, in: transaction)
      sessions.endAll(of: user.id, for: .passwordReset, at: event.occurredAt, in: transaction)
      users.saveEventCount(of: user, in: transaction)
      outbox.append(event, in: transaction)
      return .passwordReplaced
    case .keep:
      return .kept
    }
  }

  /// Grants a role to a member of staff.
  ///
  /// The member's next tokens have it: after a log-in or an exchange.
  ///
  /// - Returns: whether anything changed.
  /// - Throws: ``OperatorAccountError``, or what the database throws.
  public func grant(_ role: StaffRole, to email: String) async throws -> Bool {
    try await change(.grant(role.role), of: email)
  }

  /// Withdraws a role from a member of staff, and ends the member's sessions: tokens say what they said.
  ///
  /// - Returns: whether anything changed.
  /// - Throws: ``OperatorAccountError``, or what the database throws.
  public func withdraw(_ role: StaffRole, from email: String) async throws -> Bool {
    try await change(.withdraw(role.role), of: email)
  }

  private func change(_ change: ChangeRoles.Change, of email: String) async throws -> Bool {
    let address: EmailAddress
    do throws(EmailAddressError) { address = try EmailAddress(email) } catch {
      throw OperatorAccountError.invalid("the address: \(error)")
    }
    let now = SystemClock().now
    let eventID = EventID(UUIDv7.make(now: now))
    return try await users.database.transaction(
      attempts: AuthHandlers.transactionAttempts
    ) { transaction in
      guard let stored = try await users.lock(ownerOf: address, in: transaction) else {
        throw OperatorAccountError.unknown(address.text)
      }
      let decision: (user: User, event: UserEvent)?
      do throws(ChangeRolesRejection) {
        decision = try ChangeRoles.decide(change, of: stored.user, eventID: eventID, at: now)
      } catch {
        throw OperatorAccountError.isTrader(address.text)
      }
      guard let (user, event) = decision else { return false }
      users.setRoles(of: user, at: now, in: transaction)
      users.saveEventCount(of: user, in: transaction)
      if case .withdraw = change {
        sessions.endAll(of: user.id, for: .revoked, at: now, in: transaction)
      }
      outbox.append(event, in: transaction)
      return true
    }
  }

  /// Ends the connections to the database.
  public func close() async { await users.database.close() }
}

/// Why an account of staff is as it was, in words that say what to do.
public enum OperatorAccountError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A value breaks a rule.
  case invalid(String)
  /// The address belongs to a user who has not that role.
  case lacksRole(String, OperatorAccounts.StaffRole)
  /// Nobody has the address.
  case unknown(String)
  /// The address belongs to a user who trades.
  case isTrader(String)

  init(_ rejection: RegisterRejection) {
    switch rejection {
    case .invalid(let email, let password, let displayName):
      let rules = [
        email.map { "the address: \($0)" }, password.map { "the password: \($0)" },
        displayName.map { "the name: \($0)" },
      ]
      self = .invalid(rules.compactMap(\.self).joined(separator: "; "))
    case .emailTaken: self = .invalid("the address is taken")
    }
  }

  /// What is wrong.
  public var description: String {
    switch self {
    case .invalid(let rules): rules
    case .lacksRole(let email, let role):
      """
      \(email) belongs to a user who is no \(role.rawValue): choose another address, or grant the role to \
      a member of staff by `alphintra operator grant`
      """
    case .unknown(let email):
      "nobody has the address \(email): `alphintra operator create` makes staff"
    case .isTrader(let email):
      "\(email) belongs to a user who trades: staff has accounts of its own"
    }
  }
}
