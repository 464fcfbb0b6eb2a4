public import Core

/// A request to log in, as it came from outside.
///
/// Which of address and password was wrong is never told, and the work done is the same: a request
/// for an address that nobody has is compared with the hash of a password that nobody has.
public struct LogIn: Sendable {
  /// How long an access token lasts.
  public static let accessTokenLifetime: Duration = .seconds(15 * 60)

  /// The address.
  public var email: String
  /// The password in the clear.
  public var password: String

  /// Takes the fields as they came.
  public init(email: String, password: String) {
    self.email = email
    self.password = password
  }

  /// The address to look the user up by; `nil` for a text that no user can have registered.
  public var address: EmailAddress? { try? EmailAddress(email) }

  /// Decides whether the user is logged in.
  ///
  /// - Parameters:
  ///   - user: The owner of the address, if there is one.
  ///   - passwordMatches: Whether the password is the one of the stored hash.
  ///   - sessionID: The name of the session that begins.
  ///   - rules: How long it lasts.
  ///   - eventID: The name of the event that tells of it.
  /// - Returns: The user with the event counted, the session, and the event.
  public static func decide(
    for user: User?, passwordMatches: Bool, sessionID: SessionID, _ rules: SessionRules,
    eventID: EventID, at now: Instant
  ) throws(LogInRejection) -> (user: User, session: Session, event: UserEvent) {
    guard var user, passwordMatches else { throw .wrongCredentials }
    let event = user.record(.loggedIn, of: sessionID, as: eventID, at: now)
    return (user, .begin(sessionID, of: user.id, rules, at: now), event)
  }
}

/// Why nobody was logged in.
public enum LogInRejection: Error, Hashable, Sendable {
  /// The address, the password, or both.
  case wrongCredentials
}
