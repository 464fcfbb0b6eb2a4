import Core
import TradingDomain

/// What operations on orders are decided from, and what those decided so far have made of it.
struct LedgerDesk {
  private(set) var accounts: [AccountID: Account]
  private var orders: [OrderID: Order] = [:]
  private var namesakes: [Name: OrderID] = [:]
  private var placedIDs: [OrderID] = []
  private var changedIDs: Set<OrderID> = []
  /// The symbols whose holdings have changed, by account.
  private(set) var holdings: Set<HoldingKey> = []

  private struct Name: Hashable {
    let account: AccountID
    let clientOrderID: ClientOrderID
  }

  /// What an account holds of a symbol is one row.
  struct HoldingKey: Hashable {
    let account: AccountID
    let symbol: Symbol
  }

  /// The orders that are new, as they stand, in the order of their placing.
  var placed: [Order] { placedIDs.compactMap { orders[$0] } }

  /// The orders that were stored before and have changed, as they stand.
  var changed: [Order] { changedIDs.subtracting(placedIDs).compactMap { orders[$0] } }

  /// The accounts of all that was decided, as they stand; each change has raised their versions by one.
  var changedAccounts: [Account] {
    Set((placed + changed).map(\.accountID)).compactMap { accounts[$0] }
  }

  /// What was read, the accounts locked.
  init(accounts: [Account], orders: [Order]) {
    self.accounts = Dictionary(accounts.map { ($0.id, $0) }) { first, _ in first }
    for order in orders { note(order) }
  }

  private mutating func note(_ order: Order) {
    orders[order.id] = order
    namesakes[Name(account: order.accountID, clientOrderID: order.clientOrderID)] = order.id
  }

  /// Decides on an operation, and stands for what it has changed from then on.
  mutating func perform(
    _ operation: LedgerOperation, for accountID: AccountID
  ) throws -> LedgerOutcome {
    guard let account = accounts[accountID] else {
      preconditionFailure("the accounts of all operations are locked")
    }
    let found: Order? =
      switch operation.subject {
      case .placing(let name):
        namesakes[Name(account: accountID, clientOrderID: name)].flatMap { orders[$0] }
      case .existing(let id): orders[id].flatMap { $0.accountID == accountID ? $0 : nil }
      }
    guard let change = try operation.decide(account, found) else {
      return LedgerOutcome(order: found, change: nil)
    }
    precondition(
      change.trade == nil && !change.changesTerms && !change.routes
        && change.order.symbol == operation.symbol,
      "\(change) is stored in another way")
    accounts[accountID] = change.account
    note(change.order)
    switch operation.subject {
    case .placing: placedIDs.append(change.order.id)
    case .existing: changedIDs.insert(change.order.id)
    }
    // Opening an order moves neither the position nor what is reserved.
    if change.event?.type != .created {
      holdings.insert(HoldingKey(account: accountID, symbol: change.order.symbol))
    }
    return LedgerOutcome(order: change.order, change: change)
  }
}
