import Core
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing
import TradingContract

@Suite struct PlaceOrderTests {
  @Test func aLimitOrderIsStoredAndOpened() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let order = try await trader.place(.buy, "10", at: "99.5", id: "mine")
      #expect(order.status == .open)
      #expect(order.clientOrderID == "mine" && order.userID == trader.user)
      #expect(try order.quantity == Decimal("10") && order.limitPrice == Decimal("99.5"))
      #expect(order.filledQuantity == .zero && order.averagePrice == nil)
      #expect(order.version == 2)
      #expect(try await trader.order(order.orderID) == order)
      #expect(
        try await fixture.count("SELECT count(*) FROM trading.outbox WHERE sequence = 1") == 1)
    }
  }

  @Test func withoutAClientOrderIDEachRequestIsAnOrder() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let first = try await trader.place(.buy, "1", at: "10")
      let second = try await trader.place(.buy, "1", at: "10")
      #expect(first.orderID != second.orderID)
      #expect(!first.clientOrderID.isEmpty && first.clientOrderID != second.clientOrderID)
      #expect(try await trader.orders().map(\.orderID) == [second.orderID, first.orderID])
    }
  }

  struct BadRequest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fields: [String]
    let refuser: Refuser
    let change: @Sendable (inout TradingV1.PlaceOrderRequest) throws -> Void

    /// Who knows that the request is wrong, as the domain of the reason tells.
    enum Refuser: String {
      case contract = "contracts.alphintra.com"
      case domain = "trading.alphintra.com"
    }

    init(
      _ name: String, _ fields: [String], by refuser: Refuser = .contract,
      _ change: @escaping @Sendable (inout TradingV1.PlaceOrderRequest) throws -> Void
    ) {
      testDescription = name
      self.fields = fields
      self.refuser = refuser
      self.change = change
    }
  }

  static let badRequests: [BadRequest] = [
    BadRequest("unknown symbol", ["symbol"], by: .domain) { $0.symbol = "NOPE" },
    BadRequest("a symbol no text column takes", ["symbol"]) { $0.symbol = "A\0B" },
    BadRequest("no side", ["side"]) { $0.side = .unspecified },
    BadRequest("an unknown side", ["side"]) { $0.side = .unrecognized(9) },
    BadRequest("no type", ["type"]) { $0.type = .unspecified },
    BadRequest("no quantity", ["quantity"]) { $0.quantity = nil },
    BadRequest("zero", ["quantity"]) { $0.quantity = .zero },
    BadRequest("negative", ["quantity"]) { $0.quantity = try Decimal("-1") },
    BadRequest("half a lot", ["quantity"], by: .domain) { $0.quantity = try Decimal("0.5") },
    BadRequest("LIMIT without price", ["limit_price"], by: .domain) { $0.limitPrice = nil },
    BadRequest("MARKET with price", ["limit_price"], by: .domain) { $0.type = .market },
    BadRequest("a price between two", ["limit_price"], by: .domain) {
      $0.limitPrice = try Decimal("1.001")
    },
    BadRequest("a price of zero", ["limit_price"]) { $0.limitPrice = .zero },
    BadRequest("a long client order id", ["client_order_id"]) {
      $0.clientOrderID = String(repeating: "x", count: 65)
    },
    BadRequest("a blank in the client order id", ["client_order_id"]) {
      $0.clientOrderID = "a b"
    },
    BadRequest("a NUL in the client order id", ["client_order_id"]) { $0.clientOrderID = "a\0" },
    BadRequest("everything", ["client_order_id", "symbol", "side", "type", "quantity"]) {
      $0 = TradingV1.PlaceOrderRequest()
      $0.clientOrderID = "ü"
    },
  ]

  @Test("every wrong field is named, and nothing is stored")
  func badRequests() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      for bad in Self.badRequests {
        var request = try TradingV1.PlaceOrderRequest.order(.buy, "10", at: "99.5", id: "c")
        try bad.change(&request)
        let error = await failure { try await trader.place(request) }
        #expect(
          error?.code == .invalidArgument, "\(bad.testDescription): \(String(describing: error))")
        #expect(error?.violations.map(\.field) == bad.fields, "\(bad.testDescription)")
        #expect(error?.errorInfo?.domain == bad.refuser.rawValue, "\(bad.testDescription)")
      }
      let stored: PostgresQuery = """
        SELECT (SELECT count(*) FROM trading.accounts) + (SELECT count(*) FROM trading.orders)
          + (SELECT count(*) FROM trading.outbox) + (SELECT count(*) FROM trading.positions)
        """
      #expect(try await fixture.count(stored) == 0)
    }
  }

  @Test("a decimal of 19 digits does not get past the codec, which names the field")
  func nineteenDigits() throws {
    let json = #"{"symbol":"AAPL","quantity":"0.1234567890123456789"}"#
    #expect {
      try TradingV1.PlaceOrderRequest(json: Array(json.utf8))
    } throws: { error in
      "\(error)".contains("quantity") && "\(error)".contains("18 fraction digits")
    }
  }

  @Test func aRepetitionAnswersTheSameOrder() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let first = try await trader.place(.buy, "10", at: "99.50", id: "same")
      #expect(try await trader.place(.buy, "10", at: "99.50", id: "same") == first)
      for request in [
        try TradingV1.PlaceOrderRequest.order(.sell, "10", at: "99.50", id: "same"),
        try .order(.buy, "11", at: "99.50", id: "same"),
        try .order(.buy, "10", at: "99.51", id: "same"),
        try .order(.buy, "10", id: "same"),
        try .order(.buy, "10", at: "99.50", symbol: "MSFT", id: "same"),
      ] {
        let error = await failure { try await trader.place(request) }
        #expect(error?.code == .alreadyExists)
        #expect(error?.errorInfo?.reason == "CLIENT_ORDER_ID_TAKEN")
        #expect(error?.errorInfo?.metadata["order_id"] == first.orderID)
      }
      #expect(try await trader.orders() == [first])
      // The name is the owner's own: another user may use it too.
      let other = try await fixture.trader().place(.buy, "11", at: "1", id: "same")
      #expect(other.orderID != first.orderID)
    }
  }

  @Test func twentyRepetitionsAtOnceAreOneOrder() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let ids = try await withThrowingTaskGroup { group in
        for _ in 0..<20 {
          group.addTask { try await trader.place(.buy, "10", at: "99.5", id: "once").orderID }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
      #expect(try await trader.orders().map(\.status) == [.open])
      #expect(try await fixture.orderEvents() == 1)
    }
  }

  @Test func riskHoldsUnderConcurrency() async throws {
    // Room for 20 of the 50: each is worth 1,000.
    let fixture = try await TradingFixture(settings: [
      "TRADING_RISK_MAX_OPEN_NOTIONAL": "20000", "TRADING_RISK_MAX_POSITION": "100000",
    ])
    try await fixture.running {
      let trader = try fixture.trader()
      let errors = await withTaskGroup { group in
        for _ in 0..<50 {
          group.addTask { await failure { try await trader.place(.buy, "10", at: "100") } }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let refused = errors.compactMap(\.self)
      #expect(refused.count == 30)
      for error in refused {
        #expect(error.code == .failedPrecondition)
        #expect(error.errorInfo?.reason == "RISK_LIMIT_EXCEEDED")
        #expect(error.errorInfo?.metadata["limit"] == "OPEN_NOTIONAL")
        #expect(error.errorInfo?.metadata["value"] == "20000")
        #expect(error.errorInfo?.metadata["requested"] == "1000")
        #expect(error.errorInfo?.metadata["headroom"] == "0")
      }
      let open: PostgresQuery = """
        SELECT count(*) FROM trading.accounts a WHERE a.open_notional = 20000
          AND (SELECT sum(quantity * reserved_price) FROM trading.orders
               WHERE account_id = a.id AND state = 'OPEN') = 20000
        """
      #expect(try await fixture.count(open) == 1)
      // What a canceled order had reserved is free again.
      let some = try #require(try await trader.orders().first)
      _ = try await trader.cancel(some.orderID)
      #expect(try await trader.place(.buy, "10", at: "100").status == .open)
    }
  }

  @Test func anAccountsOwnLimitCountsBeforeTheSettings() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let user = trader.user
      _ = try await trader.place(.buy, "10", at: "100")
      try await fixture.service.database.pool.execute(
        "UPDATE trading.accounts SET max_order_notional = 50 WHERE id = \(user)")
      let error = await failure { try await trader.place(.buy, "1", at: "50.01") }
      #expect(error?.errorInfo?.metadata["limit"] == "ORDER_NOTIONAL")
      #expect(try await trader.place(.buy, "1", at: "50").status == .open)
    }
  }

  @Test func aMarketOrderNeedsAQuote() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let error = await failure { try await trader.place(.buy, "1") }
      #expect(error?.code == .failedPrecondition && error?.errorInfo?.reason == "NO_QUOTE")
      #expect(try await trader.orders().isEmpty)
    }
  }

  @Test func aMarketOrderIsRejectedWhileQuotesAreOutOfDate() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      try fixture.market.quote(1, bid: "99", "0", ask: "100", "0")
      let trader = try fixture.trader()
      try await eventually { await failure { try await trader.place(.buy, "1") } == nil }
      fixture.market.setAway(true)
      try await eventually { try await trader.place(.buy, "1").status == .rejected }
      let order = try #require(try await trader.orders().first)
      #expect(order.rejectReason == "NO_MARKET" && order.version == 2)
    }
  }

  @Test func withoutInstrumentsOrdersAreRefusedAndReadsAnswered() async throws {
    let market = ScriptedMarket()
    market.setAway(true)
    let fixture = try await TradingFixture(market)
    let trader = try fixture.trader()
    let error = await failure { try await trader.place(.buy, "1", at: "10") }
    #expect(error?.code == .unavailable && error?.errorInfo?.reason == "MARKET_DATA_UNAVAILABLE")
    #expect(try await trader.orders().isEmpty)
    market.setAway(false)
    try await fixture.running {
      let order = try await trader.place(.buy, "1", at: "10")
      #expect(order.status == .open)
    }
  }
}

extension RPCError {
  /// The fields that a BadRequest among the details lists.
  var violations: [FieldViolation] {
    for case .badRequest(let violations) in details { return violations }
    return []
  }
}
