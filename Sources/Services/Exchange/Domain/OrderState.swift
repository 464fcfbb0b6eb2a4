/// Where an order stands.
///
/// | from | trade in part | trade in full | cancel | expire |
/// |---|---|---|---|---|
/// | OPEN, PARTIALLY_FILLED | PARTIALLY_FILLED | FILLED | CANCELED | EXPIRED |
/// | FILLED, CANCELED, REJECTED, EXPIRED | | | | |
///
/// An empty cell is an illegal transition. An order is OPEN or REJECTED when it is made.
public enum OrderState: String, Hashable, Sendable, CaseIterable {
  /// It works, and nothing is traded.
  case open = "OPEN"
  /// It works, and a part is traded.
  case partiallyFilled = "PARTIALLY_FILLED"
  /// All is traded.
  case filled = "FILLED"
  /// Withdrawn.
  case canceled = "CANCELED"
  /// Not taken.
  case rejected = "REJECTED"
  /// Its time is over.
  case expired = "EXPIRED"

  /// Whether nothing can happen to the order any more.
  public var isFinal: Bool {
    switch self {
    case .open, .partiallyFilled: false
    case .filled, .canceled, .rejected, .expired: true
    }
  }
}
