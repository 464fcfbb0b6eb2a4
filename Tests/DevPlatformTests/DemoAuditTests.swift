import Core
import MarketDataContract
import Protobuf
import Testing
import TradingContract

@testable import DevPlatform

/// The audit must agree with a true story, and find each kind of lie.
@Suite struct DemoAuditTests {
  @Test func agreesWithATrueStory() throws {
    let checks = DemoAudit.checks(try Story.true())
    #expect(checks.count == 5)
    for check in checks {
      #expect(check.isGood, "\(check.rule): \(check.findings)")
    }
  }

  @Test func nothingComparedProvesNothing() {
    let nothing = DemoEvidence(
      placed: [], orders: [], trades: [], positions: [], quotes: [:], snapshotSequence: 0,
      updates: [])
    let silent = DemoAudit.checks(nothing).filter { $0.compared == 0 }
    #expect(!silent.isEmpty)
    #expect(silent.allSatisfy { !$0.isGood })
  }

  /// One thing made wrong, and the rule that must find it.
  struct Lie: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: String
    let tell: @Sendable (inout DemoEvidence) throws -> Void

    init(
      _ name: String, foundBy rule: String,
      _ tell: @escaping @Sendable (inout DemoEvidence) throws -> Void
    ) {
      testDescription = name
      self.rule = rule
      self.tell = tell
    }
  }

  static let lies = [
    Lie("a fill at another price", foundBy: "fills have the price of the quote they name") {
      $0.trades[0].price = try Decimal("101.26")
    },
    Lie("a fill at the wrong side", foundBy: "fills have the price of the quote they name") {
      $0.trades[0].side = .buy
    },
    Lie("a fill of an unknown quote", foundBy: "fills have the price of the quote they name") {
      $0.trades[0].quoteSequence = 99
    },
    Lie("more taken than shown", foundBy: "fills have the price of the quote they name") {
      $0.quotes[Story.quoteKey(1)]?.askSize = 3
    },
    Lie("a missing trade", foundBy: "orders are the sum of their fills") {
      $0.trades.remove(at: 1)
    },
    Lie("a trade told twice", foundBy: "orders are the sum of their fills") {
      $0.trades.append($0.trades[0])
    },
    Lie("a trade of nobody's order", foundBy: "orders are the sum of their fills") {
      $0.trades[0].orderID = "other"
    },
    Lie("a missing order", foundBy: "orders are the sum of their fills") {
      $0.orders.removeLast()
    },
    Lie("a wrong average price", foundBy: "orders are the sum of their fills") {
      $0.orders[1].averagePrice = try Decimal("100.5000001")
    },
    Lie("a status that does not fit", foundBy: "orders are the sum of their fills") {
      $0.orders[1].status = .partiallyFilled
    },
    Lie("a fill worse than the limit", foundBy: "orders are the sum of their fills") {
      $0.orders[1].limitPrice = try Decimal("100.4")
    },
    Lie("a wrong position", foundBy: "positions are the fold of the trades") {
      $0.positions[0].quantity = 7
    },
    Lie("a wrong cost", foundBy: "positions are the fold of the trades") {
      $0.positions[0].averagePrice = try Decimal("100.59999999999999999")
    },
    Lie("a wrong gain", foundBy: "positions are the fold of the trades") {
      $0.positions[0].realizedPnl = try Decimal("2.7")
    },
    Lie("a wrong fee", foundBy: "positions are the fold of the trades") {
      $0.positions[0].fees = try Decimal("0.4")
    },
    Lie("a missing position", foundBy: "positions are the fold of the trades") {
      $0.positions = []
    },
    Lie("a lost update", foundBy: "updates are streamed once each, in sequence") {
      $0.updates.remove(at: 2)
    },
    Lie("an update told twice", foundBy: "updates are streamed once each, in sequence") {
      $0.updates.insert($0.updates[2], at: 2)
    },
    Lie("updates out of order", foundBy: "updates are streamed once each, in sequence") {
      $0.updates.swapAt(1, 2)
    },
    Lie("a last update that is not what REST tells", foundBy: "streamed orders agree with REST") {
      $0.orders[0].updatedAt = nil
    },
    Lie("an order never streamed", foundBy: "streamed orders agree with REST") { story in
      story.updates.removeAll { $0.order.orderID == "sale" }
    },
    Lie("a fill that was streamed as another", foundBy: "streamed orders agree with REST") {
      let order = $0.updates[1].order
      var changed = order
      changed.filledQuantity = 3
      $0.updates[1] = .init(sequence: $0.updates[1].sequence, order: changed)
    },
  ]

  @Test(arguments: lies)
  func finds(_ lie: Lie) throws {
    var evidence = try Story.true()
    try lie.tell(&evidence)
    let check = try #require(DemoAudit.checks(evidence).first { $0.rule == lie.rule })
    #expect(!check.isGood)
    #expect(!check.findings.isEmpty)
  }
}

/// Two fills of one purchase, then a sale of a part.
enum Story {
  static func quoteKey(_ sequence: Int64) -> DemoEvidence.QuoteKey {
    .init(symbol: "AAPL", sequence: sequence)
  }

  /// What a faultless platform would tell.
  static func `true`() throws -> DemoEvidence {
    // Bought 4 at 100 and 6 at 101: 1006 for 10. Sold 4 of them at 101.25: cost 402.4, gain 2.6.
    let buy = try order("purchase", .buy, 10, version: 4, filled: 10, average: "100.6", .filled)
    let sale = try order("sale", .sell, 4, version: 2, filled: 4, average: "101.25", .filled)
    let opened = try order("purchase", .buy, 10, version: 2, filled: 0, average: nil, .open)
    let half = try order(
      "purchase", .buy, 10, version: 3, filled: 4, average: "100", .partiallyFilled)
    let saleOpened = try order("sale", .sell, 4, version: 1, filled: 0, average: nil, .open)
    return DemoEvidence(
      placed: ["purchase", "sale"], orders: [sale, buy],
      trades: [
        try trade("t3", "sale", .sell, 4, "101.25", quote: 3, fee: "0.05"),
        try trade("t2", "purchase", .buy, 6, "101", quote: 2, fee: "0.07"),
        try trade("t1", "purchase", .buy, 4, "100", quote: 1, fee: "0.04"),
      ],
      positions: [
        .with {
          $0.symbol = "AAPL"
          $0.quantity = 6
          $0.averagePrice = try? Decimal("100.6")
          $0.realizedPnl = try? Decimal("2.6")
          $0.fees = try? Decimal("0.16")
        }
      ],
      quotes: [
        quoteKey(1): try quote("99.9", "100", size: 4),
        quoteKey(2): try quote("100.9", "101", size: 9),
        quoteKey(3): try quote("101.25", "101.3", size: 50),
      ],
      snapshotSequence: 5,
      updates: [
        .init(sequence: 6, order: opened), .init(sequence: 7, order: half),
        .init(sequence: 8, order: buy), .init(sequence: 9, order: saleOpened),
        .init(sequence: 10, order: sale),
      ])
  }

  private static func order(
    _ id: String, _ side: TradingV1.OrderSide, _ quantity: Decimal, version: Int64,
    filled: Decimal, average: String?, _ status: TradingV1.OrderStatus
  ) throws -> TradingV1.Order {
    let average = try average.map { try Decimal($0) }
    return .with {
      $0.orderID = id
      $0.userID = "ada"
      $0.symbol = "AAPL"
      $0.side = side
      $0.type = .market
      $0.quantity = quantity
      $0.filledQuantity = filled
      $0.averagePrice = average
      $0.status = status
      $0.version = version
      $0.updatedAt = Google.Timestamp()
    }
  }

  private static func trade(
    _ id: String, _ orderID: String, _ side: TradingV1.OrderSide, _ quantity: Decimal,
    _ price: String, quote: Int64, fee: String
  ) throws -> TradingV1.Trade {
    let (price, fee) = (try Decimal(price), try Decimal(fee))
    return .with {
      $0.tradeID = id
      $0.orderID = orderID
      $0.userID = "ada"
      $0.symbol = "AAPL"
      $0.side = side
      $0.quantity = quantity
      $0.price = price
      $0.fee = fee
      $0.quoteSequence = quote
    }
  }

  private static func quote(
    _ bid: String, _ ask: String, size: Decimal
  ) throws -> MarketDataV1.Quote {
    let (bid, ask) = (try Decimal(bid), try Decimal(ask))
    return .with {
      $0.symbol = "AAPL"
      $0.bidPrice = bid
      $0.bidSize = size
      $0.askPrice = ask
      $0.askSize = size
    }
  }
}
