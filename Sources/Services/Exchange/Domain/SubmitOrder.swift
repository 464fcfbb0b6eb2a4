public import Core

/// What a sender submits.
public struct Submission: Hashable, Sendable {
  /// The sender's name for the order.
  public let clientOrderID: ClientOrderID
  /// What is to be traded.
  public let terms: OrderTerms
  /// Until when the exchange takes it, by the exchange's clock.
  public let receiveUntil: Instant

  /// Takes the parts as stated.
  public init(clientOrderID: ClientOrderID, terms: OrderTerms, receiveUntil: Instant) {
    self.clientOrderID = clientOrderID
    self.terms = terms
    self.receiveUntil = receiveUntil
  }
}

/// Takes an order, or refuses it.
public enum SubmitOrder {
  /// Decides on a submission.
  ///
  /// What cannot be traded becomes an order that is REJECTED; what is refused becomes nothing.
  ///
  /// - Parameters:
  ///   - id: the new order's name.
  ///   - instrument: what there is of the order's symbol; nil for an unknown one.
  ///   - namesake: the account's working order of the same client_order_id.
  ///   - now: the exchange's time, read where nobody else can take or look for an order of this name.
  /// - Returns: what is reported; the last report has the order as it stands.
  public static func decide(
    _ submission: Submission, id: OrderID, instrument: Instrument?, namesake: OrderID?,
    account: inout ExchangeAccount, at now: Instant
  ) throws(SubmitOrderRejection) -> [ExecutionReport] {
    guard now <= submission.receiveUntil else {
      throw .tooLate(receiveUntil: submission.receiveUntil, now: now)
    }
    if let namesake { throw .duplicate(submission.clientOrderID, namesake) }
    let terms = submission.terms
    let reason: RejectReason? =
      switch instrument {
      case nil: .unknownSymbol
      case let instrument?: instrument.admits(terms) ? nil : .offGrid
      }
    let order = ExchangeOrder(
      id: id, account: account.name, clientOrderID: submission.clientOrderID, terms: terms,
      rejectReason: reason, at: now)
    guard reason == nil else { return [account.report(.rejected, of: order)] }
    let accepted = account.report(.accepted, of: order)
    guard let expired = ExpireOrder.decide(order, account: &account, at: now) else {
      return [accepted]
    }
    return [accepted, expired]
  }
}

/// Why a submission is refused; nothing of it is kept.
public enum SubmitOrderRejection: Error, Hashable, Sendable {
  /// It arrived after the time until which it was to be received.
  case tooLate(receiveUntil: Instant, now: Instant)
  /// The account has a working order of the same client_order_id.
  case duplicate(ClientOrderID, OrderID)
}

extension SubmitOrderRejection: CustomStringConvertible {
  /// The broken rule and the values that broke it.
  public var description: String {
    switch self {
    case .tooLate(let receiveUntil, let now):
      "the order was to be received until \(receiveUntil), and it is \(now)"
    case .duplicate(let name, let id):
      "the working order \(id) has the client_order_id \(name)"
    }
  }
}
