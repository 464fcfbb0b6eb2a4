import Core
import ExchangeDomain
import Postgres
import ProcessKit

extension ExchangeStore {
  /// Takes an order.
  ///
  /// The name is locked before the time is read, as it is by ``find(_:of:)``: whoever comes second
  /// reads a later time and sees what the first has stored.
  ///
  /// - Parameter id: the new order's name, by which a repetition of the transaction finds what the
  ///   one before has done.
  /// - Throws: ``SubmitOrderRejection``; a `PostgresError`.
  func submit(
    _ submission: Submission, id: OrderID, instrument: Instrument?, of name: AccountName
  ) async throws -> ExchangeOrder {
    try await database.transactionUntilKnown { transaction throws -> ExchangeOrder in
      let rows = try await transaction.pipeline([
        Self.nameLock(name, submission.clientOrderID),
        """
        -- name: make_account
        INSERT INTO accounts (name) VALUES (\(name)) ON CONFLICT DO NOTHING
        """,
        Self.accountLock(name), Self.timeQuery, Self.orderQuery(id, of: name),
        """
        -- name: working_order_of_name
        SELECT o.id FROM orders o
        WHERE o.account = \(name) AND o.client_order_id = \(submission.clientOrderID)
          AND o.state IN ('OPEN', 'PARTIALLY_FILLED')
        """,
      ])
      if let taken = try rows[4].oneOrNone() { return try ExchangeOrder(taken) }
      var account = try ExchangeAccount(try rows[2].one())
      let reports = try SubmitOrder.decide(
        submission, id: id, instrument: instrument,
        namesake: try rows[5].oneOrNone().map { try $0.value("id") }, account: &account,
        at: try rows[3].one().value("now"))
      save(reports, of: CollectionOfOne(account), in: transaction)
      crashPoints.reach(.submitOrderBeforeCommit)
      guard let last = reports.last else { preconditionFailure("what is taken is reported") }
      return last.order
    }
  }

  /// What there is of a name, and when that was so.
  struct Finding {
    /// The latest order of the name; nil when there is none.
    let order: ExchangeOrder?
    /// When that was so: a submission that is taken later is taken at a later time.
    let asOf: Instant
  }

  /// Looks for an account's latest order of a name.
  func find(_ clientOrderID: ClientOrderID, of account: AccountName) async throws -> Finding {
    // Nothing is changed: what has failed is done again.
    try await database.transactionUntilKnown { transaction throws -> Finding in
      let rows = try await transaction.pipeline([
        Self.nameLock(account, clientOrderID), Self.timeQuery,
        """
        -- name: latest_order_of_name
        SELECT \(ExchangeOrder.columns) FROM orders o
        WHERE o.account = \(account) AND o.client_order_id = \(clientOrderID)
        ORDER BY o.created_at DESC, o.id DESC LIMIT 1
        """,
      ])
      return Finding(
        order: try rows[2].oneOrNone().map { try ExchangeOrder($0) },
        asOf: try rows[1].one().value("now"))
    }
  }

  /// Withdraws an order.
  ///
  /// - Returns: the order as it stands; nil when the account has none of that name.
  func cancel(_ id: OrderID, of name: AccountName) async throws -> ExchangeOrder? {
    try await database.transactionUntilKnown { transaction throws -> ExchangeOrder? in
      let rows = try await transaction.pipeline([
        Self.accountLock(name), Self.timeQuery, Self.orderQuery(id, of: name),
      ])
      guard let row = try rows[2].oneOrNone() else { return nil }
      var account = try ExchangeAccount(try rows[0].one())
      let order = try ExchangeOrder(row)
      guard
        let report = CancelOrder.decide(
          order, account: &account, at: try rows[1].one().value("now"))
      else { return order }
      save([report], of: CollectionOfOne(account), in: transaction)
      return report.order
    }
  }
}
