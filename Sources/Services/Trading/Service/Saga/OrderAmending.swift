import Core
import Postgres
import ProcessKit
import RPC
import ServiceKit
import TradingDomain

/// Changes an order's terms: at once, or in three steps when the new terms need more funds.
///
/// The first step stores the amendment and holds the order back, the second has the funds held, the
/// third applies it, or withdraws it when there is too little. The handler takes the second and third
/// at once, and the resumer does if that did not come to it.
struct OrderAmending: Sendable {
  let ledger: Ledger
  let outbox: Outbox
  let funds: Funds
  let venue: PaperVenue
  let clock: any Core.Clock
  let crashPoints: CrashPoints

  /// Where an order stands after an amendment, or a step of one.
  enum Outcome {
    /// The account has no such order.
    case unknown
    /// It is as was asked, or waits for its funds.
    case order(Order)
    /// It is as it was: there is too little for what was asked.
    case short(Order, FundsShortage)

    /// The order, if there is one.
    var order: Order? {
      switch self {
      case .unknown: nil
      case .order(let order), .short(let order, _): order
      }
    }
  }

  /// Takes the first step, and the others if there are any.
  func amend(
    _ id: OrderID, of account: AccountID, _ request: AmendOrder,
    among instruments: [Symbol: Instrument]
  ) async throws -> Outcome {
    let first = try await store(id, of: account, request, among: instruments)
    guard let order = first.order, order.state == .pendingReplace else { return first }
    crashPoints.reach(.amendOrderHeld)
    // What is stored is no failure any more: the resumer takes the other steps.
    return (try? await finish(order)) ?? .order(order)
  }

  private nonisolated(nonsending) func store(
    _ id: OrderID, of account: AccountID, _ request: AmendOrder,
    among instruments: [Symbol: Instrument]
  ) async throws -> Outcome {
    let (order, hasChanged) = try await ledger.database.transactionUntilKnown {
      transaction throws -> (Order?, Bool) in
      guard let (account, order) = try await ledger.lock(account, order: id, in: transaction)
      else { return (nil, false) }
      guard let instrument = instruments[order.symbol] else {
        throw RPCError.instrumentsUnknown
      }
      let now = clock.now
      switch try request.decide(order, of: account, instrument: instrument, at: now) {
      case .unchanged, .underWay: return (order, false)
      case .amended(let change), .held(let change):
        save(change, at: now, in: transaction)
        return (change.order, true)
      }
    }
    guard let order else { return .unknown }
    if hasChanged { await announce(order) }
    return .order(order)
  }

  /// Takes the other steps for an order that is held back; another one stays as it is.
  ///
  /// - Throws: When it is not known whether the funds are held: the order stays held back.
  func finish(_ held: Order) async throws -> Outcome {
    guard let total = held.amendedTotal else { return .order(held) }
    switch try await funds.raise(held, to: total) {
    case .held:
      crashPoints.reach(.amendOrderReserved)
      return try await end(held, isFunded: true).map { .order($0) } ?? .unknown
    case .short(let shortage):
      return try await end(held, isFunded: false).map { .short($0, shortage) } ?? .unknown
    case .closed:
      // The order has ended meanwhile, which its row says.
      return try await ledger.order(held.id, of: held.accountID).map { .order($0) } ?? .unknown
    }
  }

  private nonisolated(nonsending) func end(
    _ held: Order, isFunded: Bool
  ) async throws -> Order? {
    let (order, hasChanged) = try await ledger.database.transactionUntilKnown {
      transaction throws -> (Order?, Bool) in
      guard
        let (account, order) = try await ledger.lock(
          held.accountID, order: held.id, in: transaction)
      else { return (nil, false) }
      // What the funds were asked for at this version is no other amendment's.
      guard order.version == held.version else { return (order, false) }
      let now = clock.now
      guard
        let change = EndAmendment.decide(order, of: account, isFunded: isFunded, at: now)
      else { return (order, false) }
      save(change, at: now, in: transaction)
      return (change.order, true)
    }
    if let order, hasChanged { await announce(order) }
    return order
  }

  private func save(_ change: Change, at now: Instant, in transaction: PostgresTransaction) {
    ledger.update(change, tellsVenue: !venue.isMatching, in: transaction)
    outbox.append(change, at: now, in: transaction)
    if change.event != nil { crashPoints.reach(.amendOrderBeforeCommit) }
  }

  private func announce(_ order: Order) async {
    if order.state != .pendingReplace { crashPoints.reach(.amendOrderCommitted) }
    outbox.wake()
    venue.offer(order)
    // Less is needed, or what was asked for is not wanted any more.
    if order.state != .pendingReplace { await funds.settle(order) }
  }
}
