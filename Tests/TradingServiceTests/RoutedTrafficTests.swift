import AssetContract
import BrokerContract
import Core
import Postgres
import RPC
import TestSupport
import Testing
import TradingContract

/// Random orders at a broker that loses requests and answers, and at an exchange that does as it likes.
@Suite(.timeLimit(.minutes(5))) struct RoutedTrafficTests {
  @Test(
    "after random traffic what is booked is what the exchange has traded, and only who asked has routed again"
  )
  func randomTraffic() async throws {
    let first = try await TradingFixture(settings: RouteOrderTests.settings)
    let second = try await TradingFixture(
      first.market, settings: RouteOrderTests.settings, beside: first)
    try await first.runningWithRelay {
      try await second.running {
        try await first.funds.running {
          let users = (0..<3).map { _ in TradingFixture.newUser() }
          let deposits = ["USD": "20000", "AAPL": "100"]
          let traders = try users.map { try first.trader($0, deposits: deposits) }
          let others = try users.map { try second.trader($0, deposits: [:]) }
          for trader in traders { try await trader.purse.fill() }
          first.broker.draw(seed: 7)
          try await withBackground({ await Self.execute(at: first) }) {
            try await withThrowingTaskGroup { group in
              for number in users.indices {
                group.addTask {
                  try await Self.trade([traders[number], others[number]], seed: UInt64(number))
                }
              }
              try await group.waitForAll()
            }
            first.broker.draw(seed: nil)
            for trader in traders { try await Self.withdrawAll(trader) }
          }
          try await Self.check(first, traders)
          #expect(try await first.funds.trialBalance().balanced)
        }
      }
    }
  }

  /// Places and withdraws orders at two replicas, some beyond what the trader has, and some twice.
  private static func trade(_ replicas: [Trader], seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var placed: [String] = []
    for step in 0..<30 {
      let trader = try #require(replicas.randomElement(using: &random))
      if Int.random(in: 0..<3, using: &random) > 0 {
        let request = try TradingV1.PlaceOrderRequest.order(
          Bool.random(using: &random) ? .buy : .sell, "\(Int.random(in: 1...40, using: &random))",
          at: "\(Int.random(in: 96...103, using: &random))", id: "n-\(step)")
        let order = try await trader.place(request)
        placed.append(order.orderID)
        guard Bool.random(using: &random) else { continue }
        let other = try #require(replicas.randomElement(using: &random))
        #expect(try await other.place(request).orderID == order.orderID)
      } else if let id = placed.randomElement(using: &random) {
        let error = await failure { try await trader.cancel(id) }
        #expect(
          error == nil || error?.errorInfo?.reason == "ORDER_FINAL", "\(String(describing: error))")
      }
    }
  }

  /// Withdraws what works, until nothing does.
  private static func withdrawAll(_ trader: Trader) async throws {
    for order in try await trader.orders() where order.status.works {
      _ = await failure { try await trader.cancel(order.orderID) }
    }
    try await eventually(within: .seconds(60)) {
      try await !trader.orders().contains { $0.status.works }
    }
  }

  /// Takes, trades and ends what has arrived at the broker, and tells it, until the task is cancelled.
  private static func execute(at fixture: TradingFixture) async {
    var random = SeededGenerator(seed: 99)
    var accepted: Set<String> = []
    while !Task.isCancelled {
      for order in fixture.broker.orders {
        do {
          try await step(
            order, wasAccepted: !accepted.insert(order.clientOrderID).inserted, at: fixture, &random
          )
        } catch {
          if !Task.isCancelled { Issue.record(error) }
        }
      }
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  private static func step(
    _ order: BrokerV1.RoutedOrder, wasAccepted: Bool, at fixture: TradingFixture,
    _ random: inout SeededGenerator
  ) async throws {
    let id = order.clientOrderID
    switch order.status {
    case .rejected, .canceled:
      // It never came to the exchange; what was told ends like that is told once.
      guard !wasAccepted else { return }
      try await fixture.tell(order.status == .rejected ? .rejected : .canceled, of: id)
    case .filled: return
    default:
      guard wasAccepted else {
        // What the exchange tells of first may be a trade.
        guard Bool.random(using: &random) else { return }
        return try await fixture.tell(.accepted, of: id)
      }
      if order.cancelRequested && Bool.random(using: &random) {
        return try await fixture.tell(.canceled, of: id)
      }
      guard Int.random(in: 0..<3, using: &random) == 0 else { return }
      let leaves = (order.quantity ?? 0) - (order.filledQuantity ?? 0)
      let most = try #require(Int("\(leaves)"))
      let price = try #require(order.worstPrice)
      try await fixture.tell(
        .trade, of: id, last: "\(Int.random(in: 1...most, using: &random))", at: "\(price)")
    }
  }

  private static func check(_ fixture: TradingFixture, _ traders: [Trader]) async throws {
    let broker = fixture.broker
    let remote = Dictionary(grouping: broker.orders, by: \.clientOrderID)
    for trader in traders {
      for order in try await trader.orders() {
        let there = remote[order.orderID]?.first
        #expect((there?.filledQuantity ?? 0) == order.filledQuantity)
        let refusals = ["INSUFFICIENT_FUNDS", "BROKER_REJECTED"]
        switch order.status {
        case .filled: #expect(there?.status == .filled)
        case .canceled: #expect(there == nil || there?.status == .canceled)
        case .rejected: #expect(refusals.contains(order.rejectReason))
        default: Issue.record("\(order.orderID) is \(order.status)")
        }
      }
    }
    // Once without asking; again only after an answer that it has not arrived.
    let routed = Dictionary(grouping: broker.routed, by: \.clientOrderID)
    let absent = Dictionary(grouping: broker.absent) { $0 }
    for (id, requests) in routed {
      #expect(requests.count <= 1 + (absent[id]?.count ?? 0))
      #expect(Set(requests).count == 1)
    }
    #expect(routed.values.contains { $0.count > 1 })
    #expect(try await fixture.count("SELECT count(*) FROM trading.dead_letters") == 0)
    let idle: PostgresQuery = """
      SELECT count(*) FROM trading.accounts WHERE open_notional <> 0 OR working_orders <> 0
      """
    #expect(try await fixture.count(idle) == 0)
    try await eventually { try await fixture.funds.disagreements() == 0 }
  }
}
