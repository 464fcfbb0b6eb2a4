internal import AuthDomain
public import Configuration
internal import Core
public import Logging
internal import Postgres
internal import ProcessKit
internal import ServiceKit

/// Makes the accounts of operators, for whoever holds the auth service's role in its database.
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

  /// Makes an operator, or brings the password of one who is there to the given one.
  ///
  /// May be repeated: what is as it should be stays.
  ///
  /// - Throws: ``OperatorAccountError``, or what the database throws.
  public func ensure(email: String, displayName: String, password: String) async throws -> Outcome {
    let terms: Register.Terms
    do throws(RegisterRejection) {
      terms = try Register(email: email, password: password, displayName: displayName).terms()
    } catch {
      throw OperatorAccountError(error)
    }
    // Hashes take long: none is made while a user's row is locked.
    let found = try await users.user(with: terms.email)
    let matches = try await passwords.verify(terms.password.text, against: found?.passwordHash)
    let hash = try await passwords.hash(terms.password.text)
    let now = SystemClock().now
    let (id, eventID) = (UserID(UUIDv7.make(now: now)), EventID(UUIDv7.make(now: now)))
    let outcome = try await users.database.transaction(attempts: AuthHandlers.transactionAttempts) {
      transaction in
      let stored = try await users.lock(ownerOf: terms.email, in: transaction)
      let owner = stored.map {
        (user: $0.user, passwordMatches: matches && $0.passwordHash == found?.passwordHash)
      }
      let decision: AppointOperator.Decision
      do throws(AppointOperatorRejection) {
        decision = try AppointOperator.decide(
          terms, owner: owner, id: id, eventID: eventID, at: now)
      } catch {
        throw OperatorAccountError.notAnOperator(terms.email.text)
      }
      return try await carryOut(decision, hash, in: transaction)
    }
    outbox.wake()
    return outcome
  }

  private func carryOut(
    _ decision: AppointOperator.Decision, _ hash: PasswordHash, in transaction: PostgresTransaction
  ) async throws -> Outcome {
    switch decision {
    case .add(let user, let event):
      guard try await users.add(user, hash, in: transaction) == .added else {
        throw OperatorAccountError.notAnOperator(user.email.text)
      }
      outbox.append(event, in: transaction)
      return .made
    case .replacePassword(let user, let event):
      users.setPassword(hash, of: user.id, in: transaction)
      sessions.endAll(of: user.id, at: event.occurredAt, in: transaction)
      users.saveEventCount(of: user, in: transaction)
      outbox.append(event, in: transaction)
      return .passwordReplaced
    case .keep:
      return .kept
    }
  }

  /// Ends the connections to the database.
  public func close() async { await users.database.close() }
}

/// Why no operator was made, in words that say what to do.
public enum OperatorAccountError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A value breaks a rule.
  case invalid(String)
  /// The address belongs to a user who is no operator.
  case notAnOperator(String)

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
    case .notAnOperator(let email):
      "\(email) belongs to a user who is no operator: choose another address"
    }
  }
}
