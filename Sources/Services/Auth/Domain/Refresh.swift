public import Core

/// An exchange of a refresh token for the next.
///
/// A token that has been exchanged before is a copy: its thief or its owner holds the newer one, and nobody can
/// tell which. So the session ends. One case is no theft: a client that sends the same token twice at once, from
/// two tabs or as a retry. Within ``SessionRules/grace`` of an exchange the token that was given for it is
/// refused and nothing else happens: there is one successor, whoever sent it first. Any older token, and that one
/// later, ends the session at once.
///
/// | the session | the token | now | answer |
/// |---|---|---|---|
/// | ended | any | | ``RefreshRejection/sessionEnded`` |
/// | past its time | any | | ``RefreshRejection/sessionExpired`` |
/// | live | the live one | | ``Decision/rotate(_:)`` |
/// | live | the one before | within the grace | ``RefreshRejection/exchangedJustNow`` |
/// | live | the one before | later | ``Decision/end(_:_:_:)`` |
/// | live | older | | ``Decision/end(_:_:_:)`` |
public enum Refresh {
  /// What is to be done.
  public enum Decision: Hashable, Sendable {
    /// The session goes on with the tokens of its new generation.
    case rotate(Session)
    /// The token is a copy: session and user are stored so, and the caller gets nothing.
    case end(Session, User, UserEvent)
  }

  /// Decides.
  ///
  /// - Parameters:
  ///   - generation: That of the token which was shown.
  ///   - session: The session it was made for.
  ///   - user: Whose it is.
  ///   - eventID: The name of the event that tells of a replay.
  public static func decide(
    generation: Int64, of session: Session, _ user: User, _ rules: SessionRules, eventID: EventID,
    at now: Instant
  ) throws(RefreshRejection) -> Decision {
    guard session.end == nil else { throw .sessionEnded }
    guard session.isLive(rules, at: now) else { throw .sessionExpired }
    if generation == session.generation {
      var session = session
      session.generation += 1
      session.lastUsedAt = max(session.lastUsedAt, now)
      return .rotate(session)
    }
    if generation == session.generation - 1, now < session.lastUsedAt + rules.grace {
      throw .exchangedJustNow
    }
    guard
      let (session, user, event) = EndSession.decide(
        session, of: user, for: .replayed, eventID: eventID, at: now)
    else { throw .sessionEnded }
    return .end(session, user, event)
  }
}

/// Why a refresh token was not exchanged.
public enum RefreshRejection: Error, Hashable, Sendable, CaseIterable {
  /// Nobody was given such a token.
  case unknownToken
  /// The session ended before its time: by logging out, by its user, or because a token was shown twice.
  case sessionEnded
  /// The session has lasted as long as it may, or was not used for too long.
  case sessionExpired
  /// The token had been exchanged before, and shows that somebody has a copy: the session has ended.
  case replayed
  /// The token was exchanged a moment ago, by another call of the same client.
  case exchangedJustNow
}
