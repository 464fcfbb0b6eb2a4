import Core
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing
import TradingContract

@Suite struct ListTests {
  @Test func ordersComeInPagesNewestFirst() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      var placed: [String] = []
      for number in 1...7 {
        let symbol = number.isMultiple(of: 2) ? "MSFT" : "AAPL"
        placed.append(try await trader.place(.buy, "1", at: "\(number)", symbol: symbol).orderID)
      }
      _ = try await trader.cancel(placed[2])
      _ = try await fixture.trader().place(.buy, "1", at: "1")

      var request = TradingV1.ListOrdersRequest()
      request.pageSize = 3
      #expect(try await pages(of: request, trader).map(\.count) == [3, 3, 1])
      #expect(try await pages(of: request, trader).flatMap(\.self) == placed.reversed())
      request.symbol = "AAPL"
      #expect(
        try await pages(of: request, trader).flatMap(\.self)
          == [placed[6], placed[4], placed[2], placed[0]])
      request.status = .canceled
      #expect(try await pages(of: request, trader) == [[placed[2]]])
      request.symbol = "NONE"
      #expect(try await pages(of: request, trader) == [[]])
    }
  }

  private func pages(
    of request: TradingV1.ListOrdersRequest, _ trader: Trader
  ) async throws -> [[String]] {
    var (request, pages) = (request, [[String]]())
    repeat {
      let response = try await trader.client.listOrders(request, options: trader.options)
      pages.append(response.orders.map(\.orderID))
      request.pageToken = response.nextPageToken
    } while !request.pageToken.isEmpty
    return pages
  }

  @Test func tradesAndPositionsComeInPages() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      let apple = try await trader.place(.buy, "6", at: "100")
      let microsoft = try await trader.place(.sell, "1", at: "50", symbol: "MSFT")
      for sequence in 1...3 as ClosedRange<Int64> {
        try fixture.market.quote(sequence, bid: "99", "0", ask: "100", "2")
        _ = try await trader.wait(for: apple.orderID, filled: "\(sequence * 2)")
      }
      // A symbol without a trade has no position yet.
      #expect(try await trader.positions().map(\.symbol) == ["AAPL"])
      try fixture.market.quote(1, bid: "51", "9", ask: "52", "9", symbol: "MSFT")
      _ = try await trader.wait(for: microsoft.orderID, .filled)

      var request = TradingV1.ListTradesRequest()
      request.pageSize = 3
      let first = try await trader.client.listTrades(request, options: trader.options)
      #expect(first.trades.map(\.symbol) == ["MSFT", "AAPL", "AAPL"])
      request.pageToken = first.nextPageToken
      let second = try await trader.client.listTrades(request, options: trader.options)
      #expect(second.trades.map(\.quoteSequence) == [1] && second.nextPageToken.isEmpty)
      request.pageToken = ""
      request.orderID = microsoft.orderID
      #expect(
        try await trader.client.listTrades(request, options: trader.options).trades.count == 1)
      request.orderID = "no order"
      #expect(
        try await trader.client.listTrades(request, options: trader.options).trades.isEmpty)
      try await tradesOfATimeAreListed(trader, first.trades + second.trades)

      var positions = TradingV1.ListPositionsRequest()
      positions.pageSize = 1
      let page = try await trader.client.listPositions(positions, options: trader.options)
      #expect(page.positions.map(\.symbol) == ["AAPL"])
      positions.pageToken = page.nextPageToken
      let last = try await trader.client.listPositions(positions, options: trader.options)
      #expect(last.positions.map(\.quantity) == [-1] && last.nextPageToken.isEmpty)
      #expect(try await fixture.trader().positions().isEmpty)
    }
  }

  @Test("an order's trades are found without those of its account")
  func tradesOfAnOrder() async throws {
    let fixture = try await TradingFixture()
    let database = fixture.service.database.pool
    try await fixture.running {
      let trader = try fixture.trader()
      let orders = [
        try await trader.place(.buy, "1", at: "100"), try await trader.place(.buy, "1", at: "100"),
      ]
      try fixture.market.quote(1, bid: "99", "0", ask: "100", "2")
      for order in orders { _ = try await trader.wait(for: order.orderID, .filled) }
      // Many fills of the second one.
      try await database.execute(
        """
        INSERT INTO trading.trades SELECT (jsonb_populate_record(t, jsonb_build_object(
          'id', gen_random_uuid(), 'venue_trade_id', 'more-' || i, 'sequence', 10 + i))).*
        FROM trading.trades t, generate_series(1, 5000) i WHERE t.order_id = \(orders[1].orderID)
        """)
      try await database.execute("ANALYZE trading.trades")
      let plan = try await database.query(
        """
        EXPLAIN (ANALYZE, COSTS OFF) SELECT id FROM trading.trades
        WHERE account_id = \(trader.user)::uuid AND order_id = \(orders[0].orderID)
        ORDER BY account_id DESC, sequence DESC LIMIT 51
        """
      ).map { try $0.decode(String.self, at: 0) }.joined(separator: "\n")
      #expect(plan.contains("trades_by_order"), "\(plan)")
      var request = TradingV1.ListTradesRequest()
      request.orderID = orders[0].orderID
      let found = try await trader.client.listTrades(request, options: trader.options).trades
      #expect(found.map(\.orderID) == [orders[0].orderID])
    }
  }

  /// Each trade alone by its time, and all but the newest in pages.
  private func tradesOfATimeAreListed(
    _ trader: Trader, _ trades: [TradingV1.Trade]
  ) async throws {
    let times = try trades.map { try #require($0.executedAt?.instant) }
    for time in times {
      var request = TradingV1.ListTradesRequest()
      request.fromAt = Google.Timestamp(time)
      request.untilAt = Google.Timestamp(time + .microseconds(1))
      let found = try await trader.client.listTrades(request, options: trader.options).trades
      #expect(found == trades.filter { $0.executedAt?.instant == time })
    }
    let newest = try #require(times.max())
    var request = TradingV1.ListTradesRequest()
    request.pageSize = 1
    request.untilAt = Google.Timestamp(newest)
    var found: [TradingV1.Trade] = []
    repeat {
      let page = try await trader.client.listTrades(request, options: trader.options)
      found += page.trades
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    #expect(found == trades.filter { $0.executedAt?.instant != newest })
    request.fromAt = Google.Timestamp(newest + .seconds(1))
    request.symbol = "a b"
    let wrong = request
    let error = await failure {
      try await trader.client.listTrades(wrong, options: trader.options)
    }
    #expect(error?.violations.map(\.field) == ["symbol"])
    request.symbol = ""
    let backwards = request
    let second = await failure {
      try await trader.client.listTrades(backwards, options: trader.options)
    }
    #expect(second?.violations.map(\.field) == ["until_at"])
    #expect(second?.violations.map(\.reason) == ["BEFORE_START"])
  }

  @Test func wrongFieldsOfAListAreNamed() async throws {
    let fixture = try await TradingFixture()
    try await fixture.running {
      let trader = try fixture.trader()
      for number in 1...2 { _ = try await trader.place(.buy, "1", at: "\(number)") }
      var good = TradingV1.ListOrdersRequest()
      good.pageSize = 1
      let token = try await trader.client.listOrders(good, options: trader.options).nextPageToken
      let changes: [(fields: [String], change: (inout TradingV1.ListOrdersRequest) -> Void)] = [
        (["page_size"], { $0.pageSize = -1 }),
        (["page_token"], { $0.pageToken = "x" }),
        (["page_token"], { $0.pageToken = token + "00" }),
        // A token of the same list under another filter is not the next page of this one.
        (
          ["page_token"],
          {
            $0.pageToken = token; $0.symbol = "AAPL"
          }
        ),
        (["symbol"], { $0.symbol = "A\0" }),
        (["status"], { $0.status = .unrecognized(77) }),
        (
          ["page_size", "symbol", "status"],
          {
            $0.pageSize = -1
            $0.pageToken = "\u{1F600}"
            $0.symbol = "a b"
            $0.status = .unrecognized(77)
          }
        ),
      ]
      for (fields, change) in changes {
        var request = TradingV1.ListOrdersRequest()
        change(&request)
        let error = await failure {
          try await trader.client.listOrders(request, options: trader.options)
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.violations.map(\.field) == fields)
      }
      var trades = TradingV1.ListTradesRequest()
      trades.pageToken = token
      let error = await failure {
        try await trader.client.listTrades(trades, options: trader.options)
      }
      #expect(error?.violations.map(\.field) == ["page_token"])
    }
  }

  @Test("nobody without a user's token, and only the gateway, is answered")
  func access() async throws {
    let fixture = try await TradingFixture()
    let stranger = TradingV1.TradingServiceClient(fixture.service.channel(as: "marketdata"))
    let gateway = TradingV1.TradingServiceClient(fixture.service.channel())
    let good = try fixture.service.options(user: TradingFixture.newUser())
    let request = TradingV1.ListOrdersRequest()
    let refusals = [
      (await failure { try await gateway.listOrders(request) }, StatusCode.unauthenticated),
      (await failure { try await stranger.listOrders(request, options: good) }, .permissionDenied),
      (
        await failure {
          try await gateway.listOrders(
            request, options: try fixture.service.options(user: "not a uuid"))
        }, .permissionDenied
      ),
    ]
    for (error, code) in refusals { #expect(error?.code == code) }
  }
}
