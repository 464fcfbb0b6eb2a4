public import Core

/// What an exchange says when it is asked for an order by the sender's name.
public enum ExchangeAnswer: Hashable, Sendable {
  /// It has the order.
  case found
  /// It had none at this time, by its own clock.
  case absent(asOf: Instant)
}

/// Decides what to do about an order of which it is not known whether the exchange has it.
public enum ResolvePending {
  /// What follows.
  public enum Decision: Hashable, Sendable {
    /// Nothing yet: a submission may still be taken.
    case wait
    /// The exchange has it: its reports will tell, and nothing is written.
    case found
    /// The exchange does not have it and never will: it is sent anew once this is stored.
    case resubmit(Change)
    /// The exchange does not have it and never will, and it is not wanted any more: it is over.
    case end(Change)
    /// It is not pending any more.
    case settled
  }

  /// Decides.
  ///
  /// An answer of nothing is certain only when it is of a time after the limit of the latest submission: what was sent
  /// before that one was certain already when that one was stored.
  ///
  /// - Parameters:
  ///   - order: as it stood before the exchange was asked.
  ///   - window: How long the exchange may take the next submission.
  public static func decide(
    _ order: RoutedOrder, _ answer: ExchangeAnswer, window: Duration, at now: Instant
  ) -> Decision {
    guard order.state == .pendingNew else { return .settled }
    guard case .absent(let asOf) = answer else { return .found }
    if let receiveUntil = order.receiveUntil, asOf <= receiveUntil { return .wait }
    if order.isCancelRequested { return .end(order.ended(.cancel, .canceled, at: now)) }
    if order.terms.isOver(at: max(now, asOf)) {
      return .end(order.ended(.expire, .expired, at: now))
    }
    var next = order
    next.submissions += 1
    next.receiveUntil = now + window
    next.touch(at: now)
    return .resubmit(Change(order: next, event: nil))
  }
}

/// Decides about a submission that the exchange's contract refuses.
public enum RefuseSubmission {
  /// Ends the order, if this was its latest submission: it was not taken, and the same request never would be.
  ///
  /// - Parameters:
  ///   - submission: Which of the order's submissions was refused.
  ///   - reason: Why, in the exchange's words.
  /// - Returns: nil when the order is not pending on that submission any more.
  public static func decide(
    _ order: RoutedOrder, submission: Int32, reason: String, at now: Instant
  ) -> Change? {
    guard order.state == .pendingNew, order.submissions == submission else { return nil }
    return order.ended(.reject, .rejected, reason: reason, at: now)
  }
}

extension RoutedOrder {
  /// The end of a pending order that the exchange has never had.
  fileprivate func ended(
    _ transition: RoutedOrderTransition, _ type: RoutedOrderEventType, reason: String? = nil,
    at now: Instant
  ) -> Change {
    var after = self
    do throws(IllegalTransition) {
      try after.apply(transition, at: now)
    } catch {
      preconditionFailure("an order that is pending can end: \(error)")
    }
    after.rejectReason = reason
    return Change(order: after, event: RoutedOrderEvent(type, at: now))
  }
}
