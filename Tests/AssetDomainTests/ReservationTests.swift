import AssetDomain
import Core
import Testing

/// So many tenths of one.
private func tenths(_ count: Int) -> Decimal { Decimal(unscaled: Int128(count), scale: 1) ?? .zero }

@Suite struct ReservationTests {
  @Test func aPurchaseFromBeginningToEnd() throws {
    var desk = Desk(Make.account((Make.usd, 1000)))
    try desk.reserve(try Make.buy(500))
    #expect(desk.amounts(Make.usd) == [500, 500])
    // 4 of 10 at 49.5, and 0.2 for it.
    try desk.settle(try Make.capture("a", give: tenths(1982), take: 4, fee: tenths(2), .give))
    #expect(desk.amounts(Make.usd) == [500, tenths(3018)])
    #expect(desk.amounts(Make.apple) == [4, 0])
    #expect(desk.reservation?.held == tenths(3018))
    // Canceled: what is held beyond the fill is free at once, and nothing is left.
    try desk.set(Make.total(tenths(1982), version: 4, isFinal: true))
    #expect(desk.amounts(Make.usd) == [tenths(8018), 0])
    #expect(desk.reservation?.state == .closed)
    let fees = desk.ledger.flatMap(\.postings).filter { $0.ledgerAccount == .fees }
    #expect(fees.map(\.money) == [Money(asset: Make.usd, amount: tenths(2))])
  }

  @Test func aSaleFromBeginningToEnd() throws {
    var desk = Desk(Make.account((Make.apple, 10)))
    try desk.reserve(try Make.sell(10))
    try desk.settle(try Make.capture("a", give: 4, take: tenths(1998), fee: tenths(2), .take))
    try desk.settle(try Make.capture("b", give: 6, take: tenths(2997), fee: tenths(3), .take))
    #expect(desk.amounts(Make.apple) == [0, 0] && desk.amounts(Make.usd) == [tenths(4995), 0])
    try desk.set(Make.total(10, version: 5, isFinal: true))
    #expect(desk.reservation?.state == .closed && desk.ledger.count == 3)
    let venue = desk.ledger.flatMap(\.postings).filter { $0.ledgerAccount == .venue }
    #expect(venue.map(\.money.amount) == [4, -200, 6, -300])
  }

  @Test func moreThanThereIsIsRefusedAndForgotten() throws {
    var desk = Desk(Make.account((Make.usd, 10)))
    #expect(throws: FundsRejection.insufficientFunds(Make.usd, requested: 11, available: 10)) {
      try desk.reserve(try Make.buy(11))
    }
    #expect(desk.reservation == nil && desk.ledger.isEmpty)
    try desk.reserve(try Make.buy(10))
    #expect(desk.amounts(Make.usd) == [0, 10])
  }

  @Test func askingTwiceIsNoError() throws {
    var desk = Desk(Make.account((Make.usd, 100)))
    try desk.reserve(try Make.buy(60))
    try desk.reserve(try Make.buy(60))
    // Though its total has changed since: the terms are what was asked for.
    try desk.set(Make.total(40, version: 2))
    try desk.reserve(try Make.buy(60))
    #expect(desk.amounts(Make.usd) == [60, 40] && desk.ledger.count == 2)
    for other in [try Make.buy(59), try Make.sell(60)] {
      #expect(throws: FundsRejection.reservationExists(Make.order)) { try desk.reserve(other) }
    }
    let foreign = Account(id: AccountID(rawValue: "account-2"))
    let same = Reserve(orderID: Make.order, terms: try Make.buy(60))
    #expect(throws: FundsRejection.reservationExists(Make.order)) {
      try same.decide(
        for: foreign, existing: desk.reservation, id: Make.id(), at: Make.now)
    }
  }

  @Test func anOlderTotalChangesNothing() throws {
    var desk = Desk(Make.account((Make.usd, 100)))
    try desk.reserve(try Make.buy(60))
    try desk.set(Make.total(80, version: 4))
    for version in [1, 3, 4] as [Int64] { try desk.set(Make.total(10, version: version)) }
    #expect(desk.amounts(Make.usd) == [20, 80] && desk.reservation?.version == 4)
    // The version counts though the total is the same.
    try desk.set(Make.total(80, version: 5))
    #expect(desk.reservation?.version == 5 && desk.ledger.count == 2)
    #expect(throws: FundsRejection.insufficientFunds(Make.usd, requested: 21, available: 20)) {
      try desk.set(Make.total(101, version: 6))
    }
    #expect(desk.reservation?.version == 5)
  }

  @Test func aReleasedOrderHoldsNothingForEver() throws {
    var desk = Desk(Make.account((Make.usd, 100)))
    try desk.reserve(try Make.buy(60))
    try desk.set(Make.total(0, version: 3, isFinal: true))
    #expect(desk.amounts(Make.usd) == [100, 0] && desk.reservation?.state == .closed)
    try desk.set(Make.total(0, version: 3, isFinal: true))
    try desk.set(Make.total(0, version: 4, isFinal: true))
    try desk.set(Make.total(60, version: 2))
    #expect(desk.ledger.count == 2)
    for late in [try Make.buy(60), try Make.buy(1)] {
      #expect(throws: FundsRejection.reservationClosed(Make.order)) { try desk.reserve(late) }
    }
    #expect(throws: FundsRejection.reservationClosed(Make.order)) {
      try desk.set(Make.total(60, version: 9))
    }
    #expect(throws: FundsRejection.self) {
      try desk.settle(try Make.capture(give: 1, take: 1, fee: 0, .give))
    }
  }

  @Test func aTombstoneRefusesALateReservation() throws {
    var desk = Desk(Make.account((Make.usd, 100)))
    try desk.set(Make.total(0, version: 2, isFinal: true))
    #expect(desk.reservation?.state == .closed && desk.ledger.isEmpty)
    #expect(throws: FundsRejection.reservationClosed(Make.order)) {
      try desk.reserve(try Make.buy(60))
    }
    try desk.set(Make.total(0, version: 3, isFinal: true))
    #expect(throws: FundsRejection.reservationClosed(Make.order)) {
      try desk.settle(try Make.capture(give: 1, take: 1, fee: 0, .give))
    }
    // An order that cost something had a reservation, or something is wrong.
    var other = Desk(Make.account())
    for wrong in [Make.total(5, version: 2, isFinal: true), Make.total(5, version: 2)] {
      #expect(throws: FundsRejection.reservationUnknown(Make.order)) { try other.set(wrong) }
    }
  }

  @Test func releasedBeforeItsTradesAreCaptured() throws {
    var desk = Desk(Make.account((Make.usd, 100)))
    try desk.reserve(try Make.buy(60))
    try desk.set(Make.total(25, version: 4, isFinal: true))
    #expect(desk.amounts(Make.usd) == [75, 25] && desk.reservation?.state == .released)
    try desk.settle(try Make.capture("b", give: 15, take: 2, fee: 0, .give))
    try desk.settle(try Make.capture("a", give: 10, take: 1, fee: 1, .give))
    #expect(desk.amounts(Make.usd) == [75, 0] && desk.reservation?.state == .closed)
  }

  @Test func aTradeSettlesOnce() throws {
    var desk = Desk(Make.account((Make.usd, 100)))
    try desk.reserve(try Make.buy(60))
    let capture = try Make.capture(give: 10, take: 1, fee: 1, .give)
    try desk.settle(capture)
    let after = desk.account
    try desk.settle(capture)
    #expect(desk.account == after && after.confirmationSequence == 1)
    #expect(throws: FundsRejection.tradeSettled(capture.tradeID)) {
      try desk.settle(try Make.capture(give: 11, take: 1, fee: 1, .give))
    }
  }

  @Test func whatTradingPromisedIsHeldTo() throws {
    var desk = Desk(Make.account((Make.usd, 100)))
    try desk.reserve(try Make.buy(60))
    let tooMuch = Money(asset: Make.usd, amount: 61)
    #expect(throws: FundsRejection.exceedsReservation(tooMuch, held: 60)) {
      try desk.settle(try Make.capture(give: 61, take: 1, fee: 0, .give))
    }
    try desk.settle(try Make.capture(give: 20, take: 1, fee: 0, .give))
    #expect(throws: FundsRejection.belowCaptured(total: 19, captured: 20)) {
      try desk.set(Make.total(19, version: 3))
    }
    #expect(throws: FundsRejection.feeExceeds(Money(asset: Make.usd, amount: 3))) {
      try desk.settle(try Make.capture("b", give: 2, take: 1, fee: 3, .give))
    }
    #expect(throws: FundsRejection.reservationUnknown(Make.order)) {
      try Make.total(30, version: 3).decide(
        for: Account(id: AccountID(rawValue: "account-2")), existing: desk.reservation,
        id: Make.id(), at: Make.now)
    }
    #expect(desk.amounts(Make.usd) == [40, 40])
  }

  @Test func termsThatMakeNoSenseAreNone() {
    #expect(ReservationTerms(giveAsset: Make.usd, takeAsset: Make.usd, amount: 1) == nil)
    #expect(ReservationTerms(giveAsset: Make.usd, takeAsset: Make.apple, amount: 0) == nil)
    for (give, take, fee) in [(0, 1, 0), (1, -1, 0), (1, 1, -1)] as [(Decimal, Decimal, Decimal)] {
      let terms = SettlementTerms(
        orderID: Make.order, give: give, take: take, fee: fee, feeSide: .give)
      #expect(terms == nil)
    }
  }
}
