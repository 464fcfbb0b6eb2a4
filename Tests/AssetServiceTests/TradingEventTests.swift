import AssetContract
import Core
import Events
import Postgres
import RPC
import ServiceKit
import TestSupport
import Testing
import TradingContract

/// What trading's topics tell is applied, each event once, in whatever order it comes.
@Suite(.timeLimit(.minutes(5))) struct TradingEventTests {
  let fixture: AssetFixture
  let owner: Owner

  init() async throws {
    fixture = try await AssetFixture()
    owner = try fixture.owner()
    try await fixture.deposit("1000", to: owner.user)
  }

  private func publish(_ story: TradingStory) async throws {
    try await fixture.publish(story.orderEvents, to: TradingV1.Topics.orderEvents)
    try await fixture.publish(story.executions, to: TradingV1.Topics.tradeExecutions)
  }

  @Test func anOrderIsSettledByItsEventsAlone() async throws {
    var story = TradingStory(of: owner.user)
    try await fixture.trading.reserve("500", order: story.order, of: owner.user)
    try story.tell(.open, total: "500")
    try story.fill("4", at: "49.5", fee: "0.2")
    try story.tell(.partiallyFilled, total: "498.2")
    try story.tell(.canceled, total: "198.2")
    let purchase = story
    try await fixture.running {
      try await publish(purchase)
      try await eventually {
        try await fixture.count(
          "SELECT count(*) FROM asset.reservations WHERE is_final AND captured = total") == 1
      }
      #expect(try await owner.funds() == [try Decimal("801.8"), 0])
      #expect(try await owner.funds("AAPL") == [4, 0])
      // A sale of what was bought: the fee comes out of the proceeds.
      var sale = TradingStory(.sell, of: owner.user)
      try await fixture.trading.reserve("4", "AAPL", for: "USD", order: sale.order, of: owner.user)
      try sale.fill("4", at: "50", fee: "0.2")
      try sale.tell(.filled, total: "4")
      try await publish(sale)
      try await eventually { try await owner.funds("AAPL") == [0, 0] }
      try await eventually { try await owner.funds() == [try Decimal("1001.6"), 0] }
    }
    #expect(try await fixture.trialBalance().balanced)
  }

  @Test("duplicates and shuffles of many orders' events come to the same", arguments: 1...3)
  func shuffled(seed: Int) async throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var orders: [EventEnvelope<TradingV1.OrderEvent>] = []
    var executions: [EventEnvelope<TradingV1.TradeExecution>] = []
    var stories: [TradingStory] = []
    for number in 0..<12 {
      var story = TradingStory(of: owner.user)
      try await fixture.trading.reserve("60", order: story.order, of: owner.user)
      try story.tell(.open, total: "60")
      for fill in 0..<Int.random(in: 0...3, using: &random) {
        try story.fill("1", at: "10", fee: "0.1")
        try story.tell(.partiallyFilled, total: "\(59 - fill)")
      }
      let cost = try Decimal("10.1").multiplied(by: Decimal(story.executions.count))
      try story.tell(number.isMultiple(of: 2) ? .canceled : .expired, total: "\(cost)")
      stories.append(story)
      orders += story.orderEvents + story.orderEvents
      executions += story.executions + story.executions
    }
    orders.shuffle(using: &random)
    executions.shuffle(using: &random)
    let (told, traded) = (orders, executions)
    try await fixture.running {
      try await fixture.publish(traded, to: TradingV1.Topics.tradeExecutions)
      try await fixture.publish(told, to: TradingV1.Topics.orderEvents)
      let ids = Set(told.map(\.headers.eventID) + traded.map(\.headers.eventID))
      try await eventually {
        try await fixture.count("SELECT count(*) FROM asset.inbox") == ids.count
      }
    }
    let fills = stories.flatMap(\.executions).count
    let spent = try Decimal("10.1").multiplied(by: Decimal(fills))
    #expect(try await owner.funds() == [1000 - spent, 0])
    #expect(try await fixture.count("SELECT count(*) FROM asset.settlements") == fills)
    #expect(
      try await fixture.count(
        "SELECT count(*) FROM asset.reservations WHERE NOT is_final OR captured <> total") == 0)
    #expect(try await fixture.trialBalance().balanced)
  }

  @Test("a call and an event that say the same are one")
  func callsAndEvents() async throws {
    var story = TradingStory(of: owner.user)
    try await fixture.trading.reserve("60", order: story.order, of: owner.user)
    try story.tell(.open, total: "60")
    try story.tell(.canceled, total: "0")
    try await fixture.trading.release("0", version: 3, order: story.order, of: owner.user)
    let events = story.orderEvents
    try await fixture.running {
      try await fixture.publish(events, to: TradingV1.Topics.orderEvents)
      try await eventually { try await fixture.count("SELECT count(*) FROM asset.inbox") == 2 }
    }
    #expect(try await owner.transactions().count == 3)
    #expect(try await owner.funds() == [1000, 0])
  }

  @Test("an order without funds behind it, and one that was rejected, hold nothing")
  func nothingHeld() async throws {
    var old = TradingStory(of: owner.user)
    try old.tell(.open, total: nil)
    var rejected = TradingStory(of: owner.user)
    try rejected.tell(.rejected, total: "0")
    let events = old.orderEvents + rejected.orderEvents
    try await fixture.running {
      try await fixture.publish(events, to: TradingV1.Topics.orderEvents)
      try await eventually { try await fixture.count("SELECT count(*) FROM asset.inbox") == 2 }
    }
    #expect(try await owner.transactions().count == 1)
    let late = await failure {
      try await fixture.trading.reserve("1", order: rejected.order, of: owner.user)
    }
    #expect(late?.errorInfo?.reason == "RESERVATION_CLOSED")
  }

  @Test(
    "what cannot be applied stops its account and no other, until an operator has it tried again")
  func poison() async throws {
    // A trade that costs more than its order holds, and a good one behind it.
    var story = TradingStory(of: owner.user)
    try await fixture.trading.reserve("60", order: story.order, of: owner.user)
    try story.fill("10", at: "10", fee: "0")
    try story.fill("1", at: "10", fee: "0")
    // One of no order, one without a price, and of a third account a good one.
    var unknown = TradingStory(of: AssetFixture.newID())
    try unknown.fill("1", at: "1", fee: "0")
    var priceless = TradingStory(of: AssetFixture.newID())
    try priceless.fill("1", at: nil, fee: "0")
    let other = try fixture.owner()
    try await fixture.deposit("100", to: other.user)
    var good = TradingStory(of: other.user)
    try await fixture.trading.reserve("60", order: good.order, of: other.user)
    try good.fill("1", at: "10", fee: "0")
    let events = story.executions + unknown.executions + priceless.executions + good.executions
    let order = story.order
    try await fixture.running {
      try await fixture.publish(events, to: TradingV1.Topics.tradeExecutions)
      try await eventually { try await other.funds("AAPL") == [1, 0] }
      try await eventually {
        try await fixture.count("SELECT count(*) FROM asset.dead_letters") == 4
      }
      // The one that failed was tried five times; the malformed one once; the one behind not at all.
      #expect(
        try await fixture.count("SELECT max(attempts)::int8 FROM asset.dead_letters") == 5)
      #expect(try await owner.funds() == [940, 60])
      #expect(try await fixture.trialBalance().balanced)
      // What trading had promised comes true, and both are settled.
      try await fixture.trading.adjust("150", version: 3, order: order, of: owner.user)
      _ = try await DeadLetters(fixture.service.environment.database).requeueAll()
      try await eventually { try await owner.funds("AAPL") == [11, 0] }
      #expect(try await owner.funds() == [850, 40])
      #expect(try await fixture.trialBalance().balanced)
    }
  }
}
