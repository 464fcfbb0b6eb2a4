import AssetDomain
import Core

/// What operations are decided from, and what those decided so far have made of it.
struct FundsDesk {
  private(set) var accounts: [AccountID: Account]
  private(set) var reservations: [OrderID: Reservation]
  private var settlements: [TradeID: Settlement]
  private var deposits: [String: Deposit]
  /// The orders that storage knows.
  let storedOrders: Set<OrderID>
  /// What was decided, in order.
  private(set) var changes: [Change] = []

  /// What was read, the accounts locked.
  init(
    accounts: [Account], reservations: [Reservation], settlements: [Settlement], deposits: [Deposit]
  ) {
    self.accounts = Dictionary(accounts.map { ($0.id, $0) }) { first, _ in first }
    self.reservations = Dictionary(reservations.map { ($0.orderID, $0) }) { first, _ in first }
    self.settlements = Dictionary(settlements.map { ($0.tradeID, $0) }) { first, _ in first }
    self.deposits = Dictionary(deposits.map { ($0.reference, $0) }) { first, _ in first }
    storedOrders = Set(reservations.map(\.orderID))
  }

  /// Decides on an operation, and stands for what it has changed from then on.
  ///
  /// - Returns: how things stand, and the change; nil when the operation had been done before.
  mutating func perform(
    _ operation: FundsOperation, for accountID: AccountID, id: LedgerTransactionID,
    at now: Instant
  ) throws(FundsRejection) -> (FundsOutcome, Change?) {
    guard let account = accounts[accountID] else {
      preconditionFailure("the accounts of all operations are locked")
    }
    let reservation = operation.orderID.flatMap { reservations[$0] }
    var before = FundsOutcome(reservation: reservation)
    let change: Change?
    switch operation {
    case .reserve(let reserve):
      change = try reserve.decide(for: account, existing: reservation, id: id, at: now)
    case .adjust(let adjust):
      change = try adjust.decide(for: account, existing: reservation, id: id, at: now)
    case .capture(let capture):
      before.settlement = settlements[capture.tradeID]
      change = try capture.decide(
        for: account, existing: reservation, settled: before.settlement, id: id, at: now)
    case .deposit(let deposit):
      before.deposit = deposits[deposit.reference]
      change = try deposit.decide(
        for: account, namesake: before.deposit, depositID: DepositID(UUIDv7.make(now: now)),
        id: id, at: now)
    }
    guard let change else { return (before, nil) }
    note(change)
    let after = FundsOutcome(
      reservation: change.reservation, settlement: change.settlement, deposit: change.deposit)
    return (after, change)
  }

  private mutating func note(_ change: Change) {
    accounts[change.account.id] = change.account
    if let reservation = change.reservation { reservations[reservation.orderID] = reservation }
    if let settlement = change.settlement { settlements[settlement.tradeID] = settlement }
    if let deposit = change.deposit { deposits[deposit.reference] = deposit }
    changes.append(change)
  }
}
