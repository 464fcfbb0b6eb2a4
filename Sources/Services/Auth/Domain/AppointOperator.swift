public import Core

/// Makes sure that there is an operator with an address and a password.
///
/// Nobody becomes an operator by owning an address: a user who registered with it stays what they are.
public enum AppointOperator {
  /// What is to be done.
  public enum Decision: Sendable {
    /// Nobody has the address: a new user is added.
    case add(User, UserEvent)
    /// The operator has another password, which is replaced.
    case replacePassword(User, UserEvent)
    /// All is as it should be.
    case keep
  }

  /// Decides by what is there.
  ///
  /// - Parameters:
  ///   - terms: The address, the password and the name.
  ///   - owner: The owner of the address, and whether the password is theirs.
  ///   - id: The new user's name.
  ///   - eventID: The event's name.
  public static func decide(
    _ terms: Register.Terms, owner: (user: User, passwordMatches: Bool)?, id: UserID,
    eventID: EventID, at now: Instant
  ) throws(AppointOperatorRejection) -> Decision {
    guard let (owner, passwordMatches) = owner else {
      let (user, event) = terms.makeUser(id: id, roles: [.operator], eventID: eventID, at: now)
      return .add(user, event)
    }
    guard owner.roles.contains(.operator) else { throw .notAnOperator }
    if passwordMatches { return .keep }
    var user = owner
    let event = user.record(.passwordReset, as: eventID, at: now)
    return .replacePassword(user, event)
  }
}

/// Why nobody was made an operator.
public enum AppointOperatorRejection: Error, Hashable, Sendable {
  /// The address belongs to a user who is none.
  case notAnOperator
}
