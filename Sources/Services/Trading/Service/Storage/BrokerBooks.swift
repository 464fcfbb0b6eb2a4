import Core
import Postgres
import ProcessKit
import ServiceKit
import TradingDomain

/// What the broker says of one order.
struct ReportedOrder: Sendable {
  let orderID: OrderID
  let accountID: AccountID
  let report: BrokerReport
  /// What led to it, in which is told what follows.
  let origin: CallOrigin
}

/// What applies the broker's reports, as a part of a transaction of the database.
struct BrokerBooks: Sendable {
  let ledger: Ledger
  let outbox: Outbox
  let clock: any Core.Clock
  let crashPoints: CrashPoints

  /// Applies reports in their order, each on what those before have left.
  ///
  /// - Throws: ``UnprocessableEvent``, when one of them does not fit to its order.
  nonisolated(nonsending) func apply(
    _ reports: [ReportedOrder], in transaction: PostgresTransaction
  ) async throws {
    transaction.planByKey()
    var desk = try await lock(reports, in: transaction)
    let now = clock.now
    var entries: [OutboxEntry] = []
    for reported in reports {
      for change in try desk.take(reported, at: now) {
        ledger.update(change, tellsVenue: false, in: transaction)
        reported.origin.run { entries += OutboxEntry.entries(for: change, at: now) }
      }
    }
    outbox.append(entries, in: transaction)
    crashPoints.reach(.brokerEventBeforeCommit)
  }

  /// Locks the accounts of the reports and reads their orders, what is held of the orders' symbols, and which of the reported
  /// trades are booked.
  ///
  /// Accounts are locked in the order of their ids, as by ``LedgerBooks``: no two transactions can wait for each other.
  private nonisolated(nonsending) func lock(
    _ reports: [ReportedOrder], in transaction: PostgresTransaction
  ) async throws -> BrokerDesk {
    let accounts = Set(reports.map(\.accountID)).sorted { $0.rawValue < $1.rawValue }
    let orders = Array(Set(reports.map(\.orderID)))
    let rows = try await transaction.pipeline([
      LedgerBooks.lockQuery(accounts),
      LedgerBooks.ordersQuery(orders),
      """
      -- name: holdings_of_orders
      SELECT DISTINCT p.account_id, \(Account.Holding.columns)
      FROM orders o JOIN positions p ON p.account_id = o.account_id AND p.symbol = o.symbol
      WHERE o.id = ANY (\(orders)::uuid[])
      """,
      """
      -- name: trades_of_venues
      SELECT venue_trade_id FROM trades
      WHERE venue_trade_id = ANY (\(reports.compactMap(\.venueTradeID))::text[])
      """,
    ])
    var holdings: [AccountID: [PostgresRow]] = [:]
    for row in rows[2] { holdings[try row.value("account_id"), default: []].append(row) }
    return BrokerDesk(
      accounts: try rows[0].map { row in
        let id: AccountID = try row.value("id")
        return try Account(
          row, id: id, holdings: holdings[id] ?? [], defaults: ledger.defaultLimits)
      },
      orders: try rows[1].map { try Order($0) },
      trades: Set(try rows[3].map { try $0.value("venue_trade_id") }))
  }
}

extension ReportedOrder {
  /// The name of the trade that is reported; nil where none is.
  fileprivate var venueTradeID: String? {
    guard case .traded(let execution, _) = report.kind else { return nil }
    return execution.venueTradeID
  }
}

/// What reports are decided from, and what those decided so far have made of it.
private struct BrokerDesk {
  private var accounts: [AccountID: Account]
  private var orders: [OrderID: Order]
  private var trades: Set<String>

  init(accounts: [Account], orders: [Order], trades: Set<String>) {
    self.accounts = Dictionary(accounts.map { ($0.id, $0) }) { first, _ in first }
    self.orders = Dictionary(orders.map { ($0.id, $0) }) { first, _ in first }
    self.trades = trades
  }

  /// Decides on a report; a trade that is booked already is no change.
  mutating func take(_ reported: ReportedOrder, at now: Instant) throws -> [Change] {
    guard let account = accounts[reported.accountID], let order = orders[reported.orderID],
      order.accountID == reported.accountID
    else {
      throw UnprocessableEvent("account \(reported.accountID) has no order \(reported.orderID)")
    }
    if let name = reported.venueTradeID, !trades.insert(name).inserted { return [] }
    do throws(BrokerReportRejection) {
      let changes = try reported.report.decide(order, of: account, at: now)
      if let last = changes.last {
        accounts[account.id] = last.account
        orders[order.id] = last.order
      }
      return changes
    } catch {
      throw UnprocessableEvent("order \(order.id): \(error)")
    }
  }
}
