public import Core

/// A request to register, as it came from outside: nothing about it is known to be valid.
public struct Register: Sendable {
  /// The address.
  public var email: String
  /// The password in the clear.
  public var password: String
  /// The name to show to others.
  public var displayName: String

  /// Takes the fields as they came.
  public init(email: String, password: String, displayName: String) {
    self.email = email
    self.password = password
    self.displayName = displayName
  }

  /// What a valid request asks for.
  public struct Terms: Sendable {
    /// The address.
    public let email: EmailAddress
    /// The password.
    public let password: NewPassword
    /// The name to show to others.
    public let displayName: DisplayName

    /// The new user, and the event that tells of it.
    ///
    /// - Parameters:
    ///   - id: The new user's name.
    ///   - roles: What the user is to the platform; who registers trades.
    ///   - eventID: The event's name.
    public func makeUser(
      id: UserID, roles: Set<Role> = [.trader], eventID: EventID, at now: Instant
    ) -> (user: User, event: UserEvent) {
      var user = User(
        id: id, email: email, displayName: displayName, roles: roles, createdAt: now, eventCount: 0)
      let event = user.record(.registered, as: eventID, at: now)
      return (user, event)
    }
  }

  /// Reads all fields, so that every one that is wrong can be named at once.
  public func terms() throws(RegisterRejection) -> Terms {
    let email = Result { () throws(EmailAddressError) in try EmailAddress(self.email) }
    let password = Result { () throws(NewPasswordError) in
      try NewPassword(self.password, for: try? email.get())
    }
    let name = Result { () throws(DisplayNameError) in try DisplayName(displayName) }
    guard
      case (.success(let email), .success(let password), .success(let name)) = (
        email, password, name
      )
    else {
      throw RegisterRejection.invalid(
        email: email.failure, password: password.failure, displayName: name.failure)
    }
    return Terms(email: email, password: password, displayName: name)
  }
}

/// Why nobody was registered.
public enum RegisterRejection: Error, Hashable, Sendable {
  /// At least one field breaks a rule.
  case invalid(
    email: EmailAddressError?, password: NewPasswordError?, displayName: DisplayNameError?)
  /// The address belongs to a user already.
  case emailTaken
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
