import BrokerDomain
import Core
import Postgres
import ProcessKit
import ServiceKit

/// The orders that are executed elsewhere, and the connections that execute them, as they are stored.
///
/// Whoever tells an event locks the connection's row first and the order's then, so that no two can wait for each other.
struct OrderStore: Sendable {
  let database: PostgresPool
  let outbox: Outbox
  let clock: any Core.Clock
  let crashPoints: CrashPoints
  /// How long the exchange may take a submission.
  let submitWindow: Duration

  /// Stores an order that has arrived.
  ///
  /// - Throws: `TermsDiffer`; a `PostgresError`.
  func route(_ terms: RoutedOrderTerms) async throws -> RouteOrder.Decision {
    try await database.transactionUntilKnown { transaction throws -> RouteOrder.Decision in
      let existing = try await transaction.query(lockQuery(terms.clientOrderID)).oneOrNone()
      let now = clock.now
      let decision = try RouteOrder.decide(
        terms, existing: try existing.map { try RoutedOrder($0) }, window: submitWindow, at: now)
      switch decision {
      case .repeated: break
      case .submit(let change): insert(change.order, in: transaction)
      case .expire(let change):
        var connection = try await lock(terms.connectionID, in: transaction)
        insert(change.order, in: transaction)
        tell(change, at: now, by: &connection, in: transaction)
        save(connection, in: transaction)
      }
      crashPoints.reach(.routeOrderBeforeCommit)
      return decision
    }
  }

  /// Stores the wish that an order ends, or that it never begins.
  ///
  /// - Throws: `TermsDiffer`; a `PostgresError`.
  func cancel(_ terms: RoutedOrderTerms) async throws -> CancelOrder.Decision {
    try await database.transactionUntilKnown { transaction throws -> CancelOrder.Decision in
      var (connection, existing) = try await lock(
        terms.connectionID, order: terms.clientOrderID, in: transaction)
      let now = clock.now
      let decision = try CancelOrder.decide(terms, existing: existing, at: now)
      switch decision {
      case .noted, .sendAgain: break
      case .request(let change), .send(let change, _): update(change.order, in: transaction)
      case .mark(let change):
        insert(change.order, in: transaction)
        tell(change, at: now, by: &connection, in: transaction)
        save(connection, in: transaction)
      }
      return decision
    }
  }

  /// An order as it stands; nil when none of this name has arrived.
  func order(_ id: ClientOrderID) async throws -> RoutedOrder? {
    try await database.query(
      """
      -- name: routed_order
      SELECT \(RoutedOrder.columns) FROM routed_orders WHERE client_order_id = \(id)
      """
    ).oneOrNone().map { try RoutedOrder($0) }
  }

  /// The sequence of the last report of a connection that was taken; zero before the first.
  func reportSequence(of connection: ConnectionID) async throws -> Int64 {
    try await database.query(
      """
      -- name: report_sequence
      SELECT report_sequence FROM connections WHERE id = \(connection)
      """
    ).oneOrNone().map { try $0.value("report_sequence") } ?? 0
  }
}
