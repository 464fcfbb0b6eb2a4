import Core
import Postgres
import RPC
import ServiceKit
import TradingDomain

/// Changes an order's terms: at once, or in two steps when the new terms need more funds.
///
/// The first step stores the amendment and holds the order back; the second, taken by the handler at
/// once and by the resumer if that did not come to it, applies it.
struct OrderAmending: Sendable {
  let ledger: Ledger
  let outbox: Outbox
  let venue: PaperVenue
  let clock: any Core.Clock
  let crashPoints: CrashPoints

  /// Where an order stands after an amendment, or a step of one.
  enum Outcome {
    /// The account has no such order.
    case unknown
    /// It is as was asked, or waits for its funds.
    case order(Order)

    /// The order, if there is one.
    var order: Order? {
      switch self {
      case .unknown: nil
      case .order(let order): order
      }
    }
  }

  /// Takes the first step, and the second if there is one.
  func amend(
    _ id: OrderID, of account: AccountID, _ request: AmendOrder,
    among instruments: [Symbol: Instrument]
  ) async throws -> Outcome {
    let first = try await store(id, of: account, request, among: instruments)
    guard let order = first.order, order.state == .pendingReplace else { return first }
    crashPoints.reach(.amendOrderHeld)
    // What is stored is no failure any more: the resumer takes the second step.
    return (try? await finish(order)) ?? .order(order)
  }

  private nonisolated(nonsending) func store(
    _ id: OrderID, of account: AccountID, _ request: AmendOrder,
    among instruments: [Symbol: Instrument]
  ) async throws -> Outcome {
    let (order, hasChanged) = try await ledger.repeating {
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
    if hasChanged { announce(order) }
    return .order(order)
  }

  /// Takes the second step of an order that is held back; another one stays as it is.
  func finish(_ held: Order) async throws -> Outcome {
    let (order, hasChanged) = try await ledger.repeating {
      transaction throws -> (Order?, Bool) in
      guard
        let (account, order) = try await ledger.lock(
          held.accountID, order: held.id, in: transaction)
      else { return (nil, false) }
      let now = clock.now
      guard
        let change = EndAmendment.decide(order, of: account, isFunded: true, at: now)
      else { return (order, false) }
      save(change, at: now, in: transaction)
      return (change.order, true)
    }
    guard let order else { return .unknown }
    if hasChanged { announce(order) }
    return .order(order)
  }

  private func save(_ change: Change, at now: Instant, in transaction: PostgresTransaction) {
    ledger.update(change, tellsVenue: !venue.isMatching, in: transaction)
    outbox.append(change, at: now, in: transaction)
    if change.event != nil { crashPoints.reach(.amendOrderBeforeCommit) }
  }

  private func announce(_ order: Order) {
    if order.state != .pendingReplace { crashPoints.reach(.amendOrderCommitted) }
    outbox.wake()
    venue.offer(order)
  }
}
