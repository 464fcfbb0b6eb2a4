public import Core

/// A person with an account.
public struct User: Hashable, Sendable {
  /// The user's name everywhere else; the subject of the user's tokens.
  public let id: UserID
  /// The address the user logs in with.
  public let email: EmailAddress
  /// The name shown to others.
  public let displayName: DisplayName
  /// What the user is to the platform; none may do nothing.
  public internal(set) var roles: Set<Role>
  /// When the user registered.
  public let createdAt: Instant
  /// How many events the user has had; the next one's sequence is one more.
  public var eventCount: Int64

  /// A user as stored.
  public init(
    id: UserID, email: EmailAddress, displayName: DisplayName, roles: Set<Role>,
    createdAt: Instant, eventCount: Int64
  ) {
    self.id = id
    self.email = email
    self.displayName = displayName
    self.roles = roles
    self.createdAt = createdAt
    self.eventCount = eventCount
  }

  /// Counts one more event and returns it.
  mutating func record(
    _ kind: UserEvent.Kind, of session: SessionID? = nil, as id: EventID, at now: Instant
  ) -> UserEvent {
    eventCount += 1
    return UserEvent(
      id: id, userID: self.id, kind: kind, sequence: eventCount, displayName: displayName,
      sessionID: session, occurredAt: now)
  }
}

/// Something that happened to a user.
public struct UserEvent: Hashable, Sendable {
  /// What can happen.
  public enum Kind: Hashable, Sendable {
    /// The user registered: always the first event.
    case registered
    /// The user logged in.
    case loggedIn
    /// The user's password was replaced by who may do that without the old one.
    case passwordReset
    /// The user ended the session in which this was asked for.
    case loggedOut
    /// A session was ended from elsewhere, or made room for a newer one.
    case sessionRevoked
    /// A refresh token was shown again after its exchange, so its session was ended.
    case refreshTokenReplayed
    /// Who runs the platform granted the user a role, or withdrew one: these are left.
    case rolesChanged(Set<Role>)
  }

  /// The event's own name.
  public let id: EventID
  /// To whom it happened.
  public let userID: UserID
  /// What happened.
  public let kind: Kind
  /// Counts the user's events from 1 without a gap.
  public let sequence: Int64
  /// The name shown to others at that time.
  public let displayName: DisplayName
  /// The session that it is about, if it is about one.
  public let sessionID: SessionID?
  /// When it happened.
  public let occurredAt: Instant
}
