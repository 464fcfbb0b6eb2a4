public import AssetDomain
import Core
public import Postgres

extension LedgerTransactionID: PostgresCodable {}
extension DepositID: PostgresCodable {}
extension TransactionKind: PostgresCodable {}
extension LedgerAccount: PostgresCodable {}
extension FeeSide: PostgresCodable {}

extension PostgresRow {
  /// Reads a column as what the place it is needed for asks for.
  func value<Value: PostgresDecodable>(_ column: String) throws(PostgresError) -> Value {
    try decode(Value.self, column)
  }
}

/// What is stored breaks a rule that the database and the domain hold each.
struct CorruptRow: Error, CustomStringConvertible {
  let description: String
}

extension Wallet {
  /// The columns that ``init(_:)`` reads.
  static let columns: PostgresQuery = "asset, available, reserved, updated_at"

  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      asset: try row.value("asset"), available: try row.value("available"),
      reserved: try row.value("reserved"), updatedAt: try row.value("updated_at"))
  }
}

extension Account {
  init(_ row: PostgresRow, id: AccountID, wallets: [Wallet]) throws(PostgresError) {
    self.init(
      id: id, transactionSequence: try row.value("transaction_sequence"),
      confirmationSequence: try row.value("confirmation_sequence"),
      lastPostedAt: try row.value("last_posted_at"), wallets: wallets)
  }
}

extension Reservation {
  /// The columns that ``init(_:)`` reads.
  static let columns: PostgresQuery = """
    order_id, account_id, give_asset, take_asset, amount, total, captured, version, is_final
    """

  init(_ row: PostgresRow) throws {
    var terms: ReservationTerms?
    if let amount = try row.decode(Decimal?.self, "amount") {
      terms = ReservationTerms(
        giveAsset: try row.value("give_asset"), takeAsset: try row.value("take_asset"),
        amount: amount)
      guard terms != nil else {
        throw CorruptRow(description: "reservation \(try row.decode(OrderID.self, "order_id"))")
      }
    }
    self.init(
      orderID: try row.value("order_id"), accountID: try row.value("account_id"), terms: terms,
      total: try row.value("total"), captured: try row.value("captured"),
      version: try row.value("version"), isFinal: try row.value("is_final"))
  }
}

extension Settlement {
  /// The columns that ``init(_:)`` reads, and that a row has.
  static let columns: PostgresQuery = """
    trade_id, order_id, account_id, sequence, give_asset, give_amount, take_asset, take_amount,
    fee_amount, fee_side, transaction_id, settled_at
    """

  init(_ row: PostgresRow) throws {
    let terms = SettlementTerms(
      orderID: try row.value("order_id"), give: try row.value("give_amount"),
      take: try row.value("take_amount"), fee: try row.value("fee_amount"),
      feeSide: try row.value("fee_side"))
    guard let terms else {
      throw CorruptRow(description: "settlement \(try row.decode(TradeID.self, "trade_id"))")
    }
    self.init(
      tradeID: try row.value("trade_id"), accountID: try row.value("account_id"), terms: terms,
      giveAsset: try row.value("give_asset"), takeAsset: try row.value("take_asset"),
      transactionID: try row.value("transaction_id"), sequence: try row.value("sequence"),
      settledAt: try row.value("settled_at"))
  }
}

extension Deposit {
  /// The columns that ``init(_:)`` reads, and that a row has.
  static let columns: PostgresQuery = """
    id, account_id, asset, amount, reference, operator_id, transaction_id, created_at
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    self.init(
      id: try row.value("id"), accountID: try row.value("account_id"),
      money: Money(asset: try row.value("asset"), amount: try row.value("amount")),
      reference: try row.value("reference"), operatorID: try row.value("operator_id"),
      transactionID: try row.value("transaction_id"), createdAt: try row.value("created_at"))
  }
}
