import BrokerContract
import BrokerDomain
import Core
import ExchangeContract
import Postgres
import Protobuf
import ServiceKit

extension OrderStore {
  /// What became of a report.
  enum ReportOutcome: Sendable {
    /// It was applied: the order as it stands after it.
    case applied(RoutedOrder)
    /// It was taken before, here or at another replica.
    case repeated
    /// It is of an order that was not routed here.
    case external
    /// It contradicts what is stored, and is put aside.
    case refused(reason: String, isStray: Bool)
  }

  /// Takes a report, once: order, event and cursor change together.
  ///
  /// - Throws: `ReportGap` when one before it is missing; a `PostgresError`.
  func take(
    _ report: ExchangeV1.ExecutionReport, of connectionID: ConnectionID
  ) async throws -> ReportOutcome {
    let name = ClientOrderID(canonical: report.order?.clientOrderID ?? "")
    return try await database.transactionUntilKnown { transaction throws -> ReportOutcome in
      var connection: Connection
      var order: RoutedOrder?
      if let name {
        (connection, order) = try await lock(connectionID, order: name, in: transaction)
      } else {
        connection = try await lock(connectionID, in: transaction)
      }
      guard try connection.take(report: report.sequence) else { return .repeated }
      let outcome = take(report, of: order, by: &connection, in: transaction)
      save(connection, in: transaction)
      crashPoints.reach(.reportBeforeCommit)
      return outcome
    }
  }

  private func take(
    _ report: ExchangeV1.ExecutionReport, of order: RoutedOrder?, by connection: inout Connection,
    in transaction: PostgresTransaction
  ) -> ReportOutcome {
    guard let order, order.terms.connectionID == connection.id else { return .external }
    let now = clock.now
    guard let execution = ExecutionReport(report) else {
      return refuse(
        report, of: order, reason: "the report is malformed", isStray: false, at: now,
        in: transaction)
    }
    do throws(ReportRejection) {
      let change = try ApplyReport.decide(execution, of: order, at: now)
      update(change.order, in: transaction)
      tell(change, at: now, by: &connection, in: transaction)
      return .applied(change.order)
    } catch {
      return refuse(
        report, of: order, reason: "\(error)", isStray: error.isStray, at: now,
        in: transaction)
    }
  }

  private func refuse(
    _ report: ExchangeV1.ExecutionReport, of order: RoutedOrder, reason: String,
    isStray: Bool, at now: Instant, in transaction: PostgresTransaction
  ) -> ReportOutcome {
    transaction.send(
      """
      -- name: refuse_report
      INSERT INTO refused_reports (
        connection_id, sequence, client_order_id, exchange_order_id, is_stray, reason,
        report, refused_at)
      VALUES (
        \(order.terms.connectionID), \(report.sequence), \(order.id),
        \(report.order?.exchangeOrderID ?? ""), \(isStray), \(reason),
        \(report.serialized()), \(now))
      """)
    return .refused(reason: reason, isStray: isStray)
  }
}
