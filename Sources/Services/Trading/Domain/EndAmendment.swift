public import Core

/// The second step of an amendment that needs more funds: it is applied, or withdrawn.
public enum EndAmendment {
  /// Decides on an order that waits for the funds of an amendment.
  ///
  /// - Parameter shortage: What the account lacks for it; nil when its funds are reserved.
  /// - Returns: The change; nil when nothing waits any more: someone else has decided.
  public static func decide(
    _ order: Order, of account: Account, shortage: FundsShortage?, at now: Instant
  ) -> Change? {
    guard order.state == .pendingReplace else { return nil }
    var (after, accountAfter) = (order, account)
    do throws(DecimalError) { try after.endAmendment(lacking: shortage, at: now) } catch {
      preconditionFailure("what an amendment may cost was computed when it was stored: \(error)")
    }
    // One that came to nothing is told as well: the order stands at another version, and what may have been held for it at
    // this one is given back by the total that the event states.
    return accountAfter.change(
      after, from: order, shortage == nil ? .modified : .amendmentRejected,
      price: after.limitPrice)
  }
}
