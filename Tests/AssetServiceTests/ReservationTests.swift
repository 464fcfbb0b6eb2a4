import AssetContract
import Core
import Postgres
import RPC
import TestSupport
import Testing

@Suite struct ReservationTests {
  let fixture: AssetFixture
  let owner: Owner
  let order = AssetFixture.newID()

  init() async throws {
    fixture = try await AssetFixture()
    owner = try fixture.owner()
  }

  @Test func anOrderFromBeginningToEnd() async throws {
    try await fixture.deposit("1000", to: owner.user)
    let trading = fixture.trading
    let reserved = try await trading.reserve("500", order: order, of: owner.user)
    #expect(reserved.status == .open && reserved.held == 500 && reserved.version == 0)
    #expect(try await owner.funds() == [500, 500])
    let raised = try await trading.adjust("600", version: 3, order: order, of: owner.user)
    #expect(raised.total == 600 && raised.version == 3)
    let captured = try await trading.capture(
      AssetFixture.newID(), give: "200.2", take: "4", fee: "0.2", order: order, of: owner.user)
    #expect(captured.reservation?.captured == (try Decimal("200.2")))
    let released = try await trading.release("200.2", version: 5, order: order, of: owner.user)
    #expect(released.status == .closed && released.held == 0)
    #expect(try await owner.funds() == [try Decimal("799.8"), 0])
    #expect(try await owner.funds("AAPL") == [4, 0])
    let kinds = try await owner.transactions().map(\.kind)
    #expect(kinds == [.release, .settle, .adjust, .reserve, .deposit])
    #expect(try await fixture.trialBalance().balanced)
  }

  @Test("of 1,000 parallel reservations against funds for 10, exactly 10 are made")
  func parallelReservations() async throws {
    try await fixture.deposit("10", to: owner.user)
    let trading = fixture.trading
    let outcomes = await withTaskGroup(of: RPCError?.self) { group in
      for _ in 0..<1000 {
        group.addTask { [owner] in
          await failure {
            try await trading.reserve("1", order: AssetFixture.newID(), of: owner.user)
          }
        }
      }
      return await group.reduce(into: [RPCError?]()) { $0.append($1) }
    }
    #expect(outcomes.count { $0 == nil } == 10)
    for error in outcomes.compactMap(\.self) {
      #expect(error.code == .failedPrecondition, "\(error)")
      #expect(error.errorInfo?.reason == "INSUFFICIENT_FUNDS")
    }
    #expect(try await owner.funds() == [0, 10])
    #expect(try await fixture.count("SELECT count(*) FROM asset.reservations") == 10)
    #expect(try await fixture.trialBalance().balanced)
  }

  @Test func aHundredTimesTheSameOrderHoldsOnce() async throws {
    try await fixture.deposit("100", to: owner.user)
    let trading = fixture.trading
    let answers = try await withThrowingTaskGroup(of: AssetV1.Reservation.self) { group in
      for _ in 0..<100 {
        group.addTask { [owner, order] in
          try await trading.reserve("7", order: order, of: owner.user)
        }
      }
      return try await group.reduce(into: [AssetV1.Reservation]()) { $0.append($1) }
    }
    #expect(Set(answers).count == 1 && answers.count == 100)
    #expect(try await owner.funds() == [93, 7])
    #expect(try await owner.transactions().count == 2)
  }

  @Test("an order id that two accounts ask for at once belongs to one of them")
  func twoAccountsOneOrder() async throws {
    let owners = try (0..<8).map { _ in try fixture.owner() }
    for owner in owners { try await fixture.deposit("100", to: owner.user) }
    let trading = fixture.trading
    let outcomes = await withTaskGroup(of: RPCError?.self) { group in
      for owner in owners {
        group.addTask { [order] in
          await failure { try await trading.reserve("7", order: order, of: owner.user) }
        }
      }
      return await group.reduce(into: [RPCError?]()) { $0.append($1) }
    }
    #expect(outcomes.count { $0 == nil } == 1)
    #expect(
      outcomes.compactMap(\.self).allSatisfy {
        $0.code == .alreadyExists && $0.errorInfo?.reason == "RESERVATION_EXISTS"
      })
    #expect(try await fixture.trialBalance().balanced)
  }

  @Test func refusalsNameTheirReason() async throws {
    try await fixture.deposit("100", to: owner.user)
    let (trading, user) = (fixture.trading, owner.user)
    let unfunded = await failure { try await trading.reserve("101", order: order, of: user) }
    #expect(
      unfunded?.errorInfo?.metadata == ["asset": "USD", "requested": "101", "available": "100"])
    let same = await failure {
      try await trading.reserve("1", "USD", for: "USD", order: order, of: user)
    }
    #expect(same?.code == .invalidArgument)
    let unknown = await failure {
      try await trading.adjust("5", version: 2, order: order, of: user)
    }
    #expect(unknown?.code == .notFound && unknown?.errorInfo?.reason == "RESERVATION_UNKNOWN")

    try await trading.reserve("50", order: order, of: user)
    let other = await failure { try await trading.reserve("51", order: order, of: user) }
    #expect(other?.code == .alreadyExists && other?.errorInfo?.reason == "RESERVATION_EXISTS")
    let raise = await failure {
      try await trading.adjust("101", version: 2, order: order, of: user)
    }
    #expect(
      raise?.errorInfo?.metadata == ["asset": "USD", "requested": "51", "available": "50"])
    let trade = AssetFixture.newID()
    let tooMuch = await failure {
      try await trading.capture(trade, give: "51", take: "1", fee: "0", order: order, of: user)
    }
    #expect(tooMuch?.errorInfo?.reason == "RESERVATION_EXCEEDED")
    try await trading.capture(trade, give: "20", take: "1", fee: "0", order: order, of: user)
    let again = await failure {
      try await trading.capture(trade, give: "21", take: "1", fee: "0", order: order, of: user)
    }
    #expect(again?.code == .alreadyExists && again?.errorInfo?.reason == "TRADE_SETTLED")
    let below = await failure {
      try await trading.release("19", version: 3, order: order, of: user)
    }
    #expect(below?.errorInfo?.reason == "TOTAL_BELOW_CAPTURED")
    try await trading.release("20", version: 3, order: order, of: user)
    let late = await failure { try await trading.reserve("50", order: order, of: user) }
    #expect(
      late?.code == .failedPrecondition && late?.errorInfo?.reason == "RESERVATION_CLOSED")
    // Nothing of what was refused is left.
    #expect(try await owner.funds() == [80, 0])
    #expect(try await owner.funds("AAPL") == [1, 0])
  }

  @Test func aReleaseOfAnUnknownOrderRefusesALateReservation() async throws {
    try await fixture.deposit("100", to: owner.user)
    let trading = fixture.trading
    let mark = try await trading.release("0", version: 2, order: order, of: owner.user)
    #expect(mark.status == .closed && mark.giveAsset.isEmpty)
    let late = await failure { try await trading.reserve("1", order: order, of: owner.user) }
    #expect(late?.errorInfo?.reason == "RESERVATION_CLOSED")
    #expect(try await trading.release("0", version: 2, order: order, of: owner.user) == mark)
    #expect(try await owner.funds() == [100, 0])
  }

  @Test func aTradeIsCapturedOnceHoweverOftenItIsAsked() async throws {
    try await fixture.deposit("100", to: owner.user)
    let (trading, trade) = (fixture.trading, AssetFixture.newID())
    try await trading.reserve("50", order: order, of: owner.user)
    let answers = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<50 {
        group.addTask { [owner, order] in
          try await trading.capture(
            trade, give: "10", take: "1", fee: "1", order: order, of: owner.user
          ).transactionID
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(answers.count == 1)
    #expect(try await owner.funds() == [50, 40])
    #expect(try await owner.funds("AAPL") == [1, 0])
    #expect(
      try await fixture.count(
        "SELECT count(*) FROM asset.outbox WHERE topic = 'trade_confirmations'")
        == 1)
  }

  @Test("only trading may move what orders hold")
  func callers() async throws {
    let gateway = Trading(client: AssetV1.AssetServiceClient(fixture.service.channel()))
    let error = await failure { try await gateway.reserve("1", order: order, of: owner.user) }
    #expect(error?.code == .permissionDenied && error?.errorInfo?.reason == "CALLER_NOT_ALLOWED")
  }
}
