/// What a user is to the platform.
///
/// A role says what its holder may do at most; a scope says what the holder lets one token do. Who makes money
/// appear does not trade: an operator that is no trader has no scope to place an order.
public enum Role: String, Hashable, Sendable, CaseIterable {
  /// Trades on the own account: everybody who registers.
  case trader
  /// Runs the platform: credits deposits, reads trial balances.
  case `operator`
  /// Decides about users.
  case admin

  /// Whether its holder works for the platform: nobody registers for such a role.
  public var isStaff: Bool { self != .trader }

  /// The scopes of a session of its holder's own.
  public var sessionScopes: [Scope] {
    switch self {
    case .trader: [.read, .trade, .account]
    case .operator: [.read, .account, .operate]
    case .admin: [.read, .account, .administer]
    }
  }
}

/// What a token may be used for.
public enum Scope: String, Hashable, Sendable, CaseIterable {
  /// To see what is one's own.
  case read
  /// To place and cancel orders.
  case trade
  /// To manage the own account, such as its sessions.
  case account
  /// To run the platform.
  case operate
  /// To decide about users.
  case administer
}

extension Set<Role> {
  /// What a person's own session may do: everything the person may, in the order of ``Scope``.
  ///
  /// Tokens for others, such as a script that only looks, carry fewer.
  public var sessionScopes: [Scope] {
    let granted = Set<Scope>(flatMap(\.sessionScopes))
    return Scope.allCases.filter(granted.contains)
  }

  /// The names, sorted: as stored and sent.
  public var names: [String] { map(\.rawValue).sorted() }
}
