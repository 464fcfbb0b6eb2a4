public import Core

/// Grants a member of staff another role, or withdraws one.
///
/// Who trades is never made staff, nor the other way round: who makes money appear does not trade.
public enum ChangeRoles {
  /// What is to change.
  public enum Change: Hashable, Sendable {
    /// The user is to have the role.
    case grant(Role)
    /// The user is to have it no longer.
    case withdraw(Role)

    /// The role that it is about.
    public var role: Role {
      switch self {
      case .grant(let role), .withdraw(let role): role
      }
    }
  }

  /// Decides; nil if it is so already.
  ///
  /// - Parameter eventID: The name of the event that tells of it.
  /// - Returns: The user with the event counted, and the event.
  public static func decide(
    _ change: Change, of user: User, eventID: EventID, at now: Instant
  ) throws(ChangeRolesRejection) -> (user: User, event: UserEvent)? {
    guard change.role.isStaff else { throw .notAStaffRole(change.role) }
    // One whose last role was withdrawn is nothing, and may be something again.
    guard user.roles.allSatisfy(\.isStaff) else { throw .isTrader }
    var roles = user.roles
    switch change {
    case .grant(let role): roles.insert(role)
    case .withdraw(let role): roles.remove(role)
    }
    guard roles != user.roles else { return nil }
    var user = user
    user.roles = roles
    let event = user.record(.rolesChanged(roles), as: eventID, at: now)
    return (user, event)
  }
}

/// Why roles stay as they are.
public enum ChangeRolesRejection: Error, Hashable, Sendable {
  /// The user trades.
  case isTrader
  /// Who registers has this role; nobody is granted it.
  case notAStaffRole(Role)
}
