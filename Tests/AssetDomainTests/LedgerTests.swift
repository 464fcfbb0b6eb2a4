import AssetDomain
import Core
import Testing

@Suite struct LedgerTests {
  private func transaction(_ postings: [Posting]) -> LedgerTransaction? {
    LedgerTransaction(
      id: Make.id(), accountID: Make.accountID, sequence: 1, kind: .settle, orderID: nil,
      reference: "r", postedAt: Make.now, postings: postings)
  }

  @Test("what does not add up to zero for each asset is no transaction")
  func balance() {
    let dollar = Money(asset: Make.usd, amount: 1)
    let apple = Money(asset: Make.apple, amount: 1)
    #expect(transaction([Posting(.external, -dollar), Posting(.available, dollar)]) != nil)
    #expect(transaction([Posting(.external, -dollar)]) == nil)
    #expect(transaction([Posting(.external, -dollar), Posting(.available, apple)]) == nil)
    let largest = Money(asset: Make.usd, amount: .max)
    #expect(
      transaction([Posting(.venue, largest), Posting(.venue, largest)]) == nil, "out of range")
  }

  private func deposit(
    _ amount: Decimal, _ reference: String = "wire-1", to account: Account,
    namesake: Deposit? = nil, at time: Instant = Make.now
  ) throws -> Change? {
    let money = Money(asset: Make.usd, amount: amount)
    let create = try #require(
      CreateDeposit(money: money, reference: reference, operatorID: UserID(rawValue: "operator")))
    return try create.decide(
      for: account, namesake: namesake, depositID: DepositID(rawValue: "deposit-1"),
      id: Make.id(), at: time)
  }

  @Test func aReferenceNamesOneDeposit() throws {
    let made = try #require(try deposit(100, to: Make.account()))
    #expect(made.wallets.map(\.available) == [100])
    #expect(
      made.transaction?.postings == [
        Posting(.external, Money(asset: Make.usd, amount: -100)),
        Posting(.available, Money(asset: Make.usd, amount: 100)),
      ])
    #expect(try deposit(100, to: made.account, namesake: made.deposit) == nil)
    #expect(throws: FundsRejection.referenceTaken(DepositID(rawValue: "deposit-1"))) {
      try deposit(101, to: made.account, namesake: made.deposit)
    }
    #expect(
      CreateDeposit(
        money: Money(asset: Make.usd, amount: 0), reference: "r",
        operatorID: UserID(rawValue: "o")) == nil)
  }

  @Test func aWalletStaysInRange() throws {
    let full = try #require(try deposit(.max, to: Make.account()))
    #expect(throws: FundsRejection.outOfRange(Make.usd)) { try deposit(1, to: full.account) }
    // Available alone would be in range.
    var desk = Desk(full.account)
    try desk.reserve(try Make.buy(10))
    #expect(throws: FundsRejection.outOfRange(Make.usd)) { try deposit(1, to: desk.account) }
  }

  @Test("the ledger's time does not go back, whatever the clocks say")
  func time() throws {
    let first = try #require(try deposit(1, to: Make.account()))
    let second = try #require(
      try deposit(1, "wire-2", to: first.account, at: Make.now - .seconds(60)))
    #expect(second.transaction?.postedAt == Make.now && second.transaction?.sequence == 2)
    #expect(second.deposit?.createdAt == Make.now)
    let third = try #require(
      try deposit(1, "wire-3", to: second.account, at: Make.now + .seconds(60)))
    #expect(third.account.lastPostedAt == Make.now + .seconds(60))
  }

  @Test func everyRejectionNamesItsValues() {
    let dollars = Money(asset: Make.usd, amount: 5)
    let told: [(FundsRejection, [String])] = [
      (.insufficientFunds(Make.usd, requested: 7, available: 3), ["7", "3", "USD"]),
      (.reservationExists(Make.order), ["order-1"]), (.reservationClosed(Make.order), ["order-1"]),
      (.reservationUnknown(Make.order), ["order-1"]),
      (.exceedsReservation(dollars, held: 2), ["5 USD", "2 USD"]),
      (.belowCaptured(total: 1, captured: 2), ["1", "2"]),
      (.tradeSettled(TradeID(rawValue: "t-1")), ["t-1"]), (.feeExceeds(dollars), ["5 USD"]),
      (.referenceTaken(DepositID(rawValue: "d-1")), ["d-1"]), (.outOfRange(Make.usd), ["USD"]),
    ]
    for (rejection, words) in told {
      for word in words { #expect("\(rejection)".contains(word), "\(rejection)") }
    }
  }
}
