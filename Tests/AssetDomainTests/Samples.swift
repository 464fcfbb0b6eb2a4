import AssetDomain
import Core
import Testing

/// Short words for the values that tests of this module are about.
enum Make {
  static let usd = AssetID(rawValue: "USD")
  static let apple = AssetID(rawValue: "AAPL")
  static let accountID = AccountID(rawValue: "account-1")
  static let order = OrderID(rawValue: "order-1")
  static let now = Instant(microseconds: 1_700_000_000_000_000)

  static func id(_ number: Int = 1) -> LedgerTransactionID {
    LedgerTransactionID(rawValue: "transaction-\(number)")
  }

  /// An account with so much to spend.
  static func account(_ amounts: (AssetID, Decimal)...) -> Account {
    Account(
      id: accountID, transactionSequence: 0, confirmationSequence: 0, lastPostedAt: nil,
      wallets: amounts.map {
        Wallet(asset: $0.0, available: $0.1, reserved: .zero, updatedAt: nil)
      })
  }

  static func buy(_ amount: Decimal) throws -> ReservationTerms {
    try #require(ReservationTerms(giveAsset: usd, takeAsset: apple, amount: amount))
  }

  static func sell(_ amount: Decimal) throws -> ReservationTerms {
    try #require(ReservationTerms(giveAsset: apple, takeAsset: usd, amount: amount))
  }

  static func capture(
    _ trade: String = "trade-1", give: Decimal, take: Decimal, fee: Decimal, _ side: FeeSide
  ) throws -> Capture {
    Capture(
      tradeID: TradeID(rawValue: trade),
      terms: try #require(
        SettlementTerms(orderID: order, give: give, take: take, fee: fee, feeSide: side)))
  }

  static func total(_ total: Decimal, version: Int64, isFinal: Bool = false) -> AdjustReservation {
    AdjustReservation(orderID: order, version: version, total: total, isFinal: isFinal)
  }
}

/// An owner's money with one order, changed by one decision after the other.
struct Desk {
  var account: Account
  var reservation: Reservation?
  var settlements: [TradeID: Settlement] = [:]
  var ledger: [LedgerTransaction] = []

  init(_ account: Account) { self.account = account }

  mutating func reserve(_ terms: ReservationTerms) throws {
    commit(
      try Reserve(orderID: Make.order, terms: terms).decide(
        for: account, existing: reservation, id: Make.id(ledger.count), at: Make.now))
  }

  mutating func set(_ adjust: AdjustReservation) throws {
    commit(
      try adjust.decide(
        for: account, existing: reservation, id: Make.id(ledger.count), at: Make.now))
  }

  mutating func settle(_ capture: Capture) throws {
    commit(
      try capture.decide(
        for: account, existing: reservation, settled: settlements[capture.tradeID],
        id: Make.id(ledger.count), at: Make.now))
  }

  private mutating func commit(_ change: Change?) {
    guard let change else { return }
    account = change.account
    if let after = change.reservation { reservation = after }
    if let settlement = change.settlement { settlements[settlement.tradeID] = settlement }
    if let transaction = change.transaction { ledger.append(transaction) }
  }

  func amounts(_ asset: AssetID) -> [Decimal] {
    let wallet = account.wallet(of: asset)
    return [wallet.available, wallet.reserved]
  }
}
