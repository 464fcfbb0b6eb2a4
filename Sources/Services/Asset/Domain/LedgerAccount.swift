/// A place in the ledger that money moves from and to.
public enum LedgerAccount: String, Hashable, Sendable, CaseIterable {
  /// What an owner may spend.
  case available = "AVAILABLE"
  /// What an owner's orders hold.
  case reserved = "RESERVED"
  /// The other side of trades.
  case venue = "VENUE"
  /// What was charged.
  case fees = "FEES"
  /// The world that deposits come from.
  case external = "EXTERNAL"

  /// Whether it is an owner's, and so never negative; the others are the house's.
  public var isOwners: Bool {
    switch self {
    case .available, .reserved: true
    case .venue, .fees, .external: false
    }
  }
}
