import BenchContract

/// The messages that are measured: the same bytes for every peer.
enum Samples {
  /// What a market-data fan-out sends by the million; 51 bytes.
  static var tick: BenchV1.Tick {
    var tick = BenchV1.Tick()
    tick.symbol = "AAPL.XNGS"
    tick.timestampNs = 1_763_888_400_123_456_789
    tick.bidTicks = 18_725_000_000
    tick.bidLots = 30_000_000_000
    tick.askTicks = 18_726_000_000
    tick.askLots = 120_000_000_000
    tick.sequence = 9_876_543
    return tick
  }

  /// What the order path sends and stores; 251 bytes.
  static var order: BenchV1.DetailedOrder {
    var order = BenchV1.DetailedOrder()
    order.orderID = "0190f3a2-7c1e-7b5a-9d31-5f2c8e4b6a10"
    order.clientOrderID = "c5f3b1e2-77aa-4f0e-9d3b"
    order.accountID = "ACC-0012345"
    order.symbol = "AAPL.NASDAQ"
    order.strategy = "mean-reversion"
    order.note = "limit order good till cancel"
    order.side = .buy
    order.kind = .limit
    order.price = amount(187, 250_000_000)
    order.quantity = amount(1_500, 0)
    order.filled = amount(700, 0)
    order.averagePrice = amount(187, 120_000_000)
    order.createdAt = instant(1_763_888_400, 123_456_000)
    order.updatedAt = instant(1_763_888_401, 654_321_000)
    order.labels = ["desk": "equities", "trader": "jd", "portfolio": "us-large"]
    return order
  }

  /// What a back-test answers with; about 88 kB.
  static var report: BenchV1.Report {
    var report = BenchV1.Report()
    report.runID = "run-2026-11-23"
    report.sharpe = 1.37
    report.trades = (0..<1_000).map { index in
      var trade = BenchV1.ReportTrade()
      trade.tradeID = "trade-\(10_000 + index)"
      trade.symbol = "MSFT.XNGS"
      trade.side = index.isMultiple(of: 2) ? .buy : .sell
      trade.price = amount(410 + Int64(index % 7), 500_000_000)
      trade.quantity = amount(10, 0)
      trade.at = instant(1_700_000_000 + Int64(index) * 86_400, 0)
      trade.profit = Double((index * 7_919) % 100_000 - 50_000) / 100
      return trade
    }
    report.equity = (0..<2_150).map { 100_000 + Double(($0 * 7_919) % 1_000_000) / 100 }
    report.barTimes = (0..<2_150).map { 1_700_000_000 + Int64($0) * 86_400 }
    return report
  }

  private static func amount(_ units: Int64, _ nanos: Int32) -> BenchV1.Amount {
    var amount = BenchV1.Amount()
    amount.units = units
    amount.nanos = nanos
    return amount
  }

  private static func instant(_ seconds: Int64, _ nanos: Int32) -> BenchV1.Instant {
    var instant = BenchV1.Instant()
    instant.seconds = seconds
    instant.nanos = nanos
    return instant
  }
}
