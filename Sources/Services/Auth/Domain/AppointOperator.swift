public import Core

/// Makes sure that there is a member of staff with an address, a password and a role.
///
/// Nobody becomes one by owning an address: a user who registered with it stays what they are.
public enum AppointOperator {
  /// What is to be done.
  public enum Decision: Sendable {
    /// Nobody has the address: a new user is added.
    case add(User, UserEvent)
    /// The member has another password, which is replaced.
    case replacePassword(User, UserEvent)
    /// All is as it should be.
    case keep
  }

  /// Decides by what is there.
  ///
  /// - Parameters:
  ///   - terms: The address, the password and the name.
  ///   - owner: The owner of the address, and whether the password is theirs.
  ///   - role: What the member is to the platform.
  ///   - id: The new user's name.
  ///   - eventID: The event's name.
  public static func decide(
    _ terms: Register.Terms, owner: (user: User, passwordMatches: Bool)?,
    role: Role = .operator, id: UserID, eventID: EventID, at now: Instant
  ) throws(AppointOperatorRejection) -> Decision {
    guard let (owner, passwordMatches) = owner else {
      let (user, event) = terms.makeUser(id: id, roles: [role], eventID: eventID, at: now)
      return .add(user, event)
    }
    guard owner.roles.contains(role) else { throw .lacksRole }
    if passwordMatches { return .keep }
    var user = owner
    let event = user.record(.passwordReset, as: eventID, at: now)
    return .replacePassword(user, event)
  }
}

/// Why nobody was appointed.
public enum AppointOperatorRejection: Error, Hashable, Sendable {
  /// The address belongs to a user who is something else.
  case lacksRole
}
