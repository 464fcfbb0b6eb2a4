public import Core

/// Names a session.
public struct SessionID: Identifier {
  /// The text as stored and sent.
  public let rawValue: String
  /// Takes a text known to be valid.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// What follows from one log-in until it ends.
///
/// A session is held by whoever has its refresh token. Each token is good for one exchange, which makes the
/// next: a session has one live token at any time, that of its latest generation, and all that were ever
/// made for it are its family.
public struct Session: Hashable, Sendable {
  /// Why a session ended before its time.
  public enum EndReason: String, Hashable, Sendable, CaseIterable {
    /// Its holder logged out.
    case loggedOut = "LOGGED_OUT"
    /// The user ended it from another one.
    case revoked = "REVOKED"
    /// A token that had been exchanged was shown again: somebody else has a copy.
    case replayed = "REPLAYED"
    /// The user began more sessions than are kept.
    case displaced = "DISPLACED"
    /// The user's password was replaced.
    case passwordReset = "PASSWORD_RESET"
  }

  /// The session's name; in its access tokens, too.
  public let id: SessionID
  /// Whose it is.
  public let userID: UserID
  /// When the user logged in.
  public let createdAt: Instant
  /// When its latest tokens were made.
  public internal(set) var lastUsedAt: Instant
  /// When it ends, however much it is used.
  public let expiresAt: Instant
  /// How often its tokens were made; that of its live refresh token.
  public internal(set) var generation: Int64
  /// Why and when it ended, if it did.
  public internal(set) var end: End?

  /// Why and when a session ended.
  public struct End: Hashable, Sendable {
    /// Why.
    public let reason: EndReason
    /// When.
    public let time: Instant
    /// Names both.
    public init(reason: EndReason, time: Instant) {
      self.reason = reason
      self.time = time
    }
  }

  /// A session as stored.
  public init(
    id: SessionID, userID: UserID, createdAt: Instant, lastUsedAt: Instant, expiresAt: Instant,
    generation: Int64, end: End?
  ) {
    self.id = id
    self.userID = userID
    self.createdAt = createdAt
    self.lastUsedAt = lastUsedAt
    self.expiresAt = expiresAt
    self.generation = generation
    self.end = end
  }

  /// The session of a log-in now.
  static func begin(
    _ id: SessionID, of user: UserID, _ rules: SessionRules, at now: Instant
  ) -> Session {
    Session(
      id: id, userID: user, createdAt: now, lastUsedAt: now, expiresAt: now + rules.lifetime,
      generation: 1, end: nil)
  }

  /// When it ends if it is not used again.
  public func idleEnd(_ rules: SessionRules) -> Instant {
    min(lastUsedAt + rules.idleLimit, expiresAt)
  }

  /// Whether its refresh token can still be exchanged.
  public func isLive(_ rules: SessionRules, at now: Instant) -> Bool {
    end == nil && now < idleEnd(rules)
  }
}

/// How long sessions last.
public struct SessionRules: Hashable, Sendable {
  /// How long a session lasts without being used.
  public let idleLimit: Duration
  /// How long a session lasts however much it is used.
  public let lifetime: Duration
  /// How long the token before the live one may be shown without harm: by a second tab, a retry.
  public let grace: Duration
  /// The most live sessions of a user; another one ends the one that was used least recently.
  public let maximumPerUser: Int

  /// Names all rules.
  public init(idleLimit: Duration, lifetime: Duration, grace: Duration, maximumPerUser: Int) {
    self.idleLimit = idleLimit
    self.lifetime = lifetime
    self.grace = grace
    self.maximumPerUser = maximumPerUser
  }
}

/// Ends a session before its time.
public enum EndSession {
  /// Decides; nil if the session has ended before.
  ///
  /// - Parameters:
  ///   - user: Whose it is.
  ///   - eventID: The name of the event that tells of it.
  /// - Returns: The session, the user with the event counted, and the event.
  public static func decide(
    _ session: Session, of user: User, for reason: Session.EndReason, eventID: EventID,
    at now: Instant
  ) -> (session: Session, user: User, event: UserEvent)? {
    guard session.end == nil else { return nil }
    var (session, user) = (session, user)
    session.end = Session.End(reason: reason, time: now)
    let kind: UserEvent.Kind =
      switch reason {
      case .loggedOut: .loggedOut
      case .replayed: .refreshTokenReplayed
      case .revoked, .displaced, .passwordReset: .sessionRevoked
      }
    let event = user.record(kind, of: session.id, as: eventID, at: now)
    return (session, user, event)
  }
}
