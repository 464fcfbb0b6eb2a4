public import Core

/// Decides what a request to route an order comes to.
public enum RouteOrder {
  /// What follows.
  public enum Decision: Hashable, Sendable {
    /// The order is stored, and then sent.
    case submit(Change)
    /// The order is over already: it is stored as that, and never sent.
    case expire(Change)
    /// The order has arrived before: it stays as it stands, and nothing is sent.
    case repeated(RoutedOrder)
  }

  /// Decides.
  ///
  /// - Parameters:
  ///   - existing: The order of this name, if one has arrived.
  ///   - window: How long the exchange may take the submission.
  public static func decide(
    _ terms: RoutedOrderTerms, existing: RoutedOrder?, window: Duration, at now: Instant
  ) throws(TermsDiffer) -> Decision {
    if let existing {
      try existing.check(terms)
      return .repeated(existing)
    }
    if terms.isOver(at: now) {
      return .expire(
        Change(
          order: RoutedOrder(terms, state: .expired, at: now),
          event: RoutedOrderEvent(.expired, at: now)))
    }
    return .submit(
      Change(
        order: RoutedOrder(terms, state: .pendingNew, receiveUntil: now + window, at: now),
        event: nil))
  }
}

/// An order of the same name has arrived on other terms.
public struct TermsDiffer: Error, Hashable, Sendable, CustomStringConvertible {
  /// The order.
  public let id: ClientOrderID
  /// The first of its terms that differ, as the contract names it.
  public let field: String

  /// Names both.
  public var description: String { "order \(id) has arrived with another \(field)" }
}

extension RoutedOrder {
  /// Refuses terms that are not the order's.
  func check(_ other: RoutedOrderTerms) throws(TermsDiffer) {
    let differing: [(field: String, isSame: Bool)] = [
      ("connection_id", terms.connectionID == other.connectionID),
      ("account_id", terms.accountID == other.accountID),
      ("symbol", terms.symbol == other.symbol), ("side", terms.side == other.side),
      ("quantity", terms.quantity == other.quantity),
      ("worst_price", terms.worstPrice == other.worstPrice),
      ("expires_at", terms.expiresAt == other.expiresAt),
    ]
    guard let first = differing.first(where: { !$0.isSame }) else { return }
    throw TermsDiffer(id: id, field: first.field)
  }
}
