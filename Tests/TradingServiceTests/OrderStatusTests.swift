import Core
import Events
import Kafka
import Postgres
import Protobuf
import RPC
import ServiceKit
import TestSupport
import Testing
import TradingContract

/// `order_status_updates`: the fold of `order_events`, order by order.
@Suite(.timeLimit(.minutes(5))) struct OrderStatusTests {
  @Test(
    "the latest status of each order is that of its last event, and what GetOrder answers",
    arguments: 1...3 as ClosedRange<UInt64>)
  func theLatestStatusIsTheFold(seed: UInt64) async throws {
    let fixture = try await TradingFixture(settings: ["TRADING_RISK_MAX_POSITION": "100000"])
    let traders = try (0..<3).map { _ in try fixture.trader() }
    let poor = try fixture.trader(deposits: ["USD": "500"])
    try await fixture.runningWithRelay {
      try await withBackground({ await Self.quote(fixture.market, seed: seed) }) {
        try await withThrowingTaskGroup { group in
          for (number, trader) in traders.enumerated() {
            group.addTask { try await Self.trade(trader, seed: seed * 10 + UInt64(number)) }
          }
          group.addTask { for _ in 0..<6 { _ = try await poor.place(.buy, "3", at: "90") } }
          try await group.waitForAll()
        }
      }
      let sure = try await traders[0].place(.buy, "1", at: "110")
      var sequence: Int64 = 1_000_000
      try await eventually {
        try fixture.market.quote(sequence, bid: "100", "0", ask: "101", "100")
        sequence += 1
        return try await traders[0].order(sure.orderID).status == .filled
      }
      try await eventually {
        try await fixture.count(
          "SELECT count(*) FROM trading.orders WHERE state IN ('PENDING_NEW', 'PENDING_REPLACE')")
          == 0
      }
    }
    // Nothing is matched any more; what was told last is published.
    try await withBackground({ await fixture.relay() }) {
      try await eventually {
        try await fixture.count("SELECT count(*) FROM trading.outbox WHERE published_at IS NULL")
          == 0
      }
    }
    let events = try await fixture.published(TradingV1.Topics.orderEvents)
    let updates = try await fixture.published(TradingV1.Topics.orderStatusUpdates)
    let last = Dictionary(events.map { ($0.event.orderID, $0.event) }) { $1 }
    let latest = Dictionary(updates.map { ($0.key, $0.event) }) { $1 }
    #expect(latest.count == last.count)
    // No event is taken for another: each has an id of its own, in both topics.
    let (told, states) = (Set(events.map(\.headers.eventID)), Set(updates.map(\.headers.eventID)))
    #expect(told.count == states.count && told.isDisjoint(with: states))
    for update in updates { #expect(update.headers.eventID.rawValue == update.event.eventID) }

    var statuses: Set<TradingV1.OrderStatus> = []
    for trader in traders + [poor] {
      for order in try await trader.orders() {
        let event = try #require(last[order.orderID])
        let update = try #require(latest[order.orderID])
        #expect(try await trader.order(order.orderID) == order)
        #expect(update.order == order && event.order == order)
        #expect(update.orderID == order.orderID && update.userID == trader.user)
        #expect(update.orderEventSequence == event.sequence)
        #expect(update.timestamp == event.timestamp)
        statuses.insert(order.status)
      }
    }
    // All of it happened.
    #expect(statuses.isSuperset(of: [.open, .canceled, .filled, .rejected]), "\(statuses)")
  }

  /// Quotes around a hundred, of a few shares each, until the task is cancelled.
  private static func quote(_ market: ScriptedMarket, seed: UInt64) async {
    var random = SeededGenerator(seed: seed)
    var sequence: Int64 = 1
    while !Task.isCancelled {
      let middle = Int.random(in: 97...103, using: &random)
      let sizes = (0..<2).map { _ in "\(Int.random(in: 0...4, using: &random))" }
      do {
        try market.quote(
          sequence, bid: "\(middle)", sizes[0], ask: "\(middle + 1)", sizes[1])
      } catch {
        Issue.record(error)
      }
      sequence += 1
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Orders of one user, some of which are amended, canceled, or never traded.
  private static func trade(_ trader: Trader, seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<12 {
      let side: TradingV1.OrderSide = Bool.random(using: &random) ? .buy : .sell
      let order = try await trader.place(
        side, "\(Int.random(in: 1...9, using: &random))",
        at: "\(Int.random(in: 96...104, using: &random))")
      let (quantity, price) = (
        "\(Int.random(in: 1...12, using: &random))", "\(Int.random(in: 96...104, using: &random))"
      )
      let choice = Int.random(in: 0..<4, using: &random)
      let error = await failure {
        if choice == 0 { _ = try await trader.cancel(order.orderID) }
        if choice == 1 { _ = try await trader.amend(order.orderID, quantity, at: price) }
      }
      // It was traded before, or while it was asked.
      #expect(error == nil || error?.code == .aborted, "\(String(describing: error))")
    }
    // Far from every quote: these stay open, and are cancelled for sure.
    _ = try await trader.place(.buy, "1", at: "1")
    let order = try await trader.place(.sell, "1", at: "900")
    _ = try await trader.cancel(order.orderID)
  }
}

extension TradingFixture {
  /// Everything that the broker has of a topic, in the order of each key.
  fileprivate func published<Event: Message>(
    _ topic: Topic<Event>
  ) async throws -> [EventEnvelope<Event>] {
    let consumer = try KafkaConsumer(service.environment.kafka)
    var count: Int64 = 0
    var beginning: [KafkaPartition: KafkaOffset] = [:]
    for number in 0..<Int32(topic.partitions) {
      let partition = KafkaPartition(topic: topic.name, partition: number)
      let held = try await consumer.watermarks(of: partition)
      count += held.high - held.low
      beginning[partition] = .beginning
    }
    try await consumer.assign(beginning)
    var envelopes: [EventEnvelope<Event>] = []
    try await eventually {
      for event in await consumer.poll(limit: 1_000, timeout: .milliseconds(200)) {
        guard case .message(let message) = event else { continue }
        envelopes.append(try EventRecord.decode(message, of: topic))
      }
      return envelopes.count >= count
    }
    await consumer.close()
    return envelopes
  }
}
