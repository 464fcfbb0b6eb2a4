import Core
import TradingDomain

/// A change of one of an account's orders, decided under the account's lock: placing it, opening it, refusing it.
///
/// It is one that neither trades nor changes terms.
struct LedgerOperation: Sendable {
  /// The order it is about.
  enum Subject: Sendable {
    /// A new one; what is found is the account's order of the same client order id.
    case placing(ClientOrderID)
    /// One that is stored.
    case existing(OrderID)
  }

  let subject: Subject
  let symbol: Symbol
  /// Decides from the account, and the order that was found; nil when nothing is to be done.
  let decide: @Sendable (Account, Order?) throws -> Change?
  /// Whether the order, as it is then, is put into the inbox of the replica that matches.
  let tellsVenue: @Sendable (Order) -> Bool
  /// Where a test ends the process, once it is decided.
  let crashPoint: TradingCrashPoint
}

/// What an operation on an order came to.
struct LedgerOutcome: Sendable {
  /// The order as it stands; nil when the account has none such.
  let order: Order?
  /// What was changed; nil when nothing was to be done.
  let change: Change?
}
