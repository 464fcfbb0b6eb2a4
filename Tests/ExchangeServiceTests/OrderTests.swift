import Core
import ExchangeContract
import ExchangeService
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing

@Suite struct OrderTests {
  @Test func anOrderIsTakenFoundAndCanceled() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      let before = try await fixture.now()
      let end = before + .seconds(3600)
      let order = try await sender.submit(
        .buy, "10", at: "187.25", name: "a", expiresAt: end)
      #expect(order.status == .open && order.account == "sim" && order.clientOrderID == "a")
      #expect(order.symbol == "FB" && order.side == .buy && order.quantity == 10)
      #expect(try order.limitPrice == Decimal("187.25") && order.expiresAt?.instant == end)
      #expect(order.filledQuantity == .zero && order.filledNotional == .zero)
      let found = try await sender.find("a")
      #expect(found.order == order)
      let asOf = try #require(found.asOf?.instant)
      #expect(try asOf > #require(order.createdAt?.instant))
      let canceled = try await sender.cancel(order.exchangeOrderID)
      #expect(canceled.status == .canceled && canceled.exchangeOrderID == order.exchangeOrderID)
      #expect(try await sender.cancel(order.exchangeOrderID) == canceled)
      #expect(try await sender.find("a").order == canceled)
      let reports = try await sender.reports(2)
      #expect(reports.map(\.type) == [.accepted, .canceled])
      #expect(reports.map(\.order) == [order, canceled])
    }
  }

  @Test("there is no order of a name, and that was so at the exchange's time")
  func nothingFound() async throws {
    let fixture = try await ExchangeFixture()
    let before = try await fixture.now()
    let found = try await fixture.sender().find("a")
    #expect(found.order == nil)
    let asOf = try #require(found.asOf?.instant)
    let after = try await fixture.now()
    #expect(before < asOf && asOf < after)
    try await fixture.running {
      try await fixture.sender("other").submit(.buy, "10", at: "100", name: "a")
      #expect(try await fixture.sender().find("a").order == nil)
    }
  }

  @Test(
    "what cannot be traded is taken, rejected and reported",
    arguments: [("TSLA", "10", "UNKNOWN_SYMBOL"), ("FB", "10.5", "OFF_GRID")])
  func rejections(symbol: String, quantity: String, reason: String) async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      let order = try await sender.submit(.sell, quantity, at: "100", symbol: symbol, name: "a")
      #expect(order.status == .rejected && order.rejectReason == reason)
      #expect(try await sender.find("a").order == order)
      let report = try #require(try await sender.reports(1).first)
      #expect(report.type == .rejected && report.order == order && report.sequence == 1)
      #expect(try await sender.cancel(order.exchangeOrderID) == order)
    }
  }

  @Test func whatArrivesTooLateIsRefused() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      let receiveUntil = try await fixture.now()
      let error = await failure {
        try await sender.submit(.buy, "10", at: "100", name: "a", receiveUntil: receiveUntil)
      }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.errorInfo?.reason == "REQUEST_TOO_LATE")
      #expect(error?.errorInfo?.domain == "exchange.alphintra.com")
      #expect(error?.errorInfo?.metadata["receive_until"] == "\(receiveUntil)")
      #expect(try await sender.find("a").order == nil)
      #expect(try await fixture.count("SELECT count(*) FROM exchange.execution_reports") == 0)
    }
  }

  @Test("a name is refused while its order works, and a second order after that")
  func blindRepetition() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      let request = try sender.submission(.buy, "10", at: "100", name: "a")
      let first = try await sender.client.submitExchangeOrder(request)
      let error = await failure { try await sender.client.submitExchangeOrder(request) }
      #expect(error?.code == .alreadyExists)
      #expect(error?.errorInfo?.reason == "DUPLICATE_CLIENT_ORDER_ID")
      #expect(error?.errorInfo?.metadata["exchange_order_id"] == first.exchangeOrderID)
      try fixture.market.quote(1, bid: "99", "0", ask: "100", "10")
      try await sender.wait(for: first, .filled)
      let second = try await sender.client.submitExchangeOrder(request)
      #expect(second.exchangeOrderID != first.exchangeOrderID && second.status == .open)
      #expect(try await sender.find("a").order == second)
      #expect(try await fixture.count("SELECT count(*) FROM exchange.orders") == 2)
    }
  }

  @Test func anOrderBelongsToItsAccount() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let order = try await fixture.sender().submit(.buy, "10", at: "100")
      let other = fixture.sender("other")
      for (sender, id) in [
        (other, order.exchangeOrderID),
        (fixture.sender(), UUIDv7.make(now: SystemClock().now).description),
      ] {
        let error = await failure { try await sender.cancel(id) }
        #expect(error?.code == .notFound && error?.errorInfo?.reason == "ORDER_NOT_FOUND")
      }
      #expect(try await fixture.sender().find(order.clientOrderID).order == order)
    }
  }

  @Test("before market data has been reached nothing is taken, and nothing kept")
  func instrumentsUnknown() async throws {
    let market = ScriptedMarket(symbols: symbols)
    market.setAway(true)
    let fixture = try await ExchangeFixture(market)
    let sender = fixture.sender()
    let error = await failure { try await sender.submit(.buy, "10", at: "100", name: "a") }
    #expect(error?.code == .unavailable)
    #expect(error?.errorInfo?.reason == "MARKET_DATA_UNAVAILABLE")
    #expect(try await sender.find("a").order == nil)
  }

  @Test func timesThatAreNoneAreRefused() async throws {
    let fixture = try await ExchangeFixture()
    try await fixture.running {
      let sender = fixture.sender()
      var request = try sender.submission(.buy, "10", at: "100")
      request.expiresAt = Google.Timestamp(seconds: 0, nanos: -1)
      request.receiveUntil = Google.Timestamp(seconds: .max)
      let error = await failure { [request] in
        try await sender.client.submitExchangeOrder(request)
      }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.contains("expires_at") == true)
      #expect(error?.message.contains("receive_until") == true)
    }
  }
}
