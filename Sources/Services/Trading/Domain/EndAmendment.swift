public import Core

/// The second step of an amendment that needs more funds: it is applied, or withdrawn.
public enum EndAmendment {
  /// Decides on an order that waits for the funds of an amendment.
  ///
  /// - Parameter isFunded: Whether the funds are reserved.
  /// - Returns: The change; nil when nothing waits any more: someone else has decided.
  public static func decide(
    _ order: Order, of account: Account, isFunded: Bool, at now: Instant
  ) -> Change? {
    guard order.state == .pendingReplace else { return nil }
    var (after, accountAfter) = (order, account)
    do throws(DecimalError) { try after.endAmendment(takesTerms: isFunded, at: now) } catch {
      preconditionFailure("what an amendment may cost was computed when it was stored: \(error)")
    }
    // An amendment that came to nothing is nobody's business but the owner's, who is told.
    return accountAfter.change(
      after, from: order, isFunded ? .modified : nil, price: after.limitPrice)
  }
}
