public import Core

/// What the broker says of an order that is executed elsewhere.
public struct BrokerReport: Hashable, Sendable {
  /// What happened.
  public enum Kind: Hashable, Sendable {
    /// The exchange has it.
    case accepted
    /// The exchange did not take it; why, in its own words, empty when it said nothing.
    case rejected(String)
    /// A part of it, or all that was left, was traded; the trade is to be called so.
    case traded(Execution, as: TradeID)
    /// It was withdrawn.
    case canceled
    /// Its time was over.
    case expired
  }

  /// Who executes it.
  public let connectionID: ConnectionID
  /// What happened.
  public let kind: Kind
  /// How much of it had been traded after that, in all.
  public let filledQuantity: Decimal

  /// Takes what was said.
  public init(connectionID: ConnectionID, kind: Kind, filledQuantity: Decimal) {
    self.connectionID = connectionID
    self.kind = kind
    self.filledQuantity = filledQuantity
  }

  /// Decides what follows for an order.
  ///
  /// What was learned before, from the answer to a call, is no change; nor is that the exchange has an order which is not
  /// pending. What an exchange says is never put right: a report that does not fit to the order is refused.
  ///
  /// - Returns: The changes, one made from the other: a trade of an order that is pending opens it first.
  public func decide(
    _ order: Order, of account: Account, at now: Instant
  ) throws(BrokerReportRejection) -> [Change] {
    guard order.connectionID == connectionID else {
      throw .anotherConnection(connectionID, order: order.connectionID)
    }
    guard order.routedAt != nil else { throw .notRouted }
    switch kind {
    case .accepted:
      guard order.state == .pendingNew else { return [] }
      return [try open(order, of: account, at: now)]
    case .traded(let execution, let tradeID):
      return try fill(order, execution, account, tradeID, at: now)
    case .rejected(let words):
      try check(filled: order.filledQuantity)
      guard order.state != .rejected else { return [] }
      guard order.filledQuantity.isZero else {
        throw .quantityDiffers(order.filledQuantity, expected: .zero)
      }
      return [
        try change(order, of: account, .rejected) { after throws(IllegalTransition) in
          try after.reject(.brokerRejected, detail: words, at: now)
        }
      ]
    case .canceled:
      try check(filled: order.filledQuantity)
      guard order.state != .canceled else { return [] }
      return [
        try change(order, of: account, .cancelled) { after throws(IllegalTransition) in
          try after.apply(.cancel, at: now)
        }
      ]
    case .expired:
      try check(filled: order.filledQuantity)
      guard order.state != .expired else { return [] }
      return [
        try change(order, of: account, .expired) { after throws(IllegalTransition) in
          try after.apply(.expire, at: now)
        }
      ]
    }
  }

  private func fill(
    _ order: Order, _ execution: Execution, _ account: Account, _ tradeID: TradeID,
    at now: Instant
  ) throws(BrokerReportRejection) -> [Change] {
    let filled: Decimal
    do throws(DecimalError) {
      filled = try order.filledQuantity.adding(execution.quantity.value)
    } catch {
      throw .fill(.arithmetic(error))
    }
    try check(filled: filled)
    var (current, holder, changes) = (order, account, [Change]())
    if order.state == .pendingNew {
      let opened = try open(order, of: account, at: now)
      (current, holder) = (opened.order, opened.account)
      changes.append(opened)
    }
    do throws(FillRejection) {
      changes.append(
        try FillOrder.decide(execution, of: current, in: holder, tradeID: tradeID, at: now))
    } catch {
      throw .fill(error)
    }
    return changes
  }

  private func open(
    _ order: Order, of account: Account, at now: Instant
  ) throws(BrokerReportRejection) -> Change {
    try change(order, of: account, .created) { after throws(IllegalTransition) in
      try after.apply(.open, at: now)
    }
  }

  private func change(
    _ order: Order, of account: Account, _ event: OrderEventType,
    by transition: (inout Order) throws(IllegalTransition) -> Void
  ) throws(BrokerReportRejection) -> Change {
    var (after, accountAfter) = (order, account)
    do throws(IllegalTransition) { try transition(&after) } catch { throw .illegal(error) }
    return accountAfter.change(after, from: order, event, price: order.limitPrice)
  }

  private func check(filled expected: Decimal) throws(BrokerReportRejection) {
    guard filledQuantity == expected else {
      throw .quantityDiffers(filledQuantity, expected: expected)
    }
  }
}

/// Why a report does not fit to its order: nothing is changed, and somebody has to look.
public enum BrokerReportRejection: Error, Hashable, Sendable {
  /// The order is executed by another connection; nil is the paper venue.
  case anotherConnection(ConnectionID, order: ConnectionID?)
  /// The order was never given over to the broker.
  case notRouted
  /// What the exchange has traded of it, in all, is not what is booked.
  case quantityDiffers(Decimal, expected: Decimal)
  /// The order is over, or cannot become that.
  case illegal(IllegalTransition)
  /// The trade cannot be booked.
  case fill(FillRejection)
}

extension BrokerReportRejection: CustomStringConvertible {
  /// The broken rule and the values that broke it.
  public var description: String {
    switch self {
    case .anotherConnection(let connection, let order):
      "a report of \(connection) about an order of \(order?.rawValue ?? "the paper venue")"
    case .notRouted: "a report about an order that was not given over to the broker"
    case .quantityDiffers(let quantity, let expected):
      "the exchange has traded \(quantity) in all, not \(expected)"
    case .illegal(let transition): transition.description
    case .fill(let rejection): rejection.description
    }
  }
}
