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

  /// Takes the other steps for an order that was found held back, unless somebody else has done so since.
  ///
  /// - Returns: the order as it stands; nil when the account has no such order.
  /// - Throws: As ``finish(_:)``.
  func resume(_ found: Order) async throws -> Order? {
    guard let order = try await ledger.order(found.id, of: found.accountID) else { return nil }
    return try await finish(order).order
  }

  /// Takes the other steps for an order that is held back; another one stays as it is.
  ///
  /// - Throws: When it is not known whether the funds are held: the order stays held back.
  func finish(_ held: Order) async throws -> Outcome {
    guard let total = held.amendedTotal else { return .order(held) }
    let order: Order?
    switch try await funds.raise(held, to: total) {
    case .held:
      crashPoints.reach(.amendOrderReserved)
      order = try await end(held, lacking: nil)
    case .short(let shortage): order = try await end(held, lacking: shortage)
    // The order has ended meanwhile, or somebody else has decided, which its row says.
    case .closed: order = try await ledger.order(held.id, of: held.accountID)
    }
    guard let order else { return .unknown }
    // Whoever has decided: what was lacking stands on the order until another amendment is asked for.
    if let shortage = order.shortage, order.terms == held.terms { return .short(order, shortage) }
    return .order(order)
  }

  private nonisolated(nonsending) func end(
    _ held: Order, lacking shortage: FundsShortage?
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
        let change = EndAmendment.decide(order, of: account, shortage: shortage, at: now)
      else { return (order, false) }
      save(change, at: now, in: transaction)
      return (change.order, true)
    }
    if let order, hasChanged { await announce(order) }
    return order
  }

  private func save(_ change: Change, at now: Instant, in transaction: PostgresTransaction) {
    ledger.update(change, tellsVenue: venue.learnsByInbox(change.order), in: transaction)
    outbox.append(change, at: now, in: transaction)
    if change.event != nil { crashPoints.reach(.amendOrderBeforeCommit) }
  }

  private func announce(_ order: Order) async {
    if order.state != .pendingReplace { crashPoints.reach(.amendOrderCommitted) }
    venue.offer(order)
    // Less is needed, or what was asked for is not wanted any more.
    if order.state != .pendingReplace { await funds.settle(order) }
  }
}
