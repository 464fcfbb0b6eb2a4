import Core
import ExchangeDomain
import TestSupport
import Testing

/// Whatever comes, and in whatever order: what the reports say adds up.
@Suite struct ExchangePropertyTests {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func anyHistoryAddsUp(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var exchange = Exchange()
    var usage: QuoteUsage?
    var traded: [Int64: [OrderSide: Decimal]] = [:]
    for step in 0..<400 as Range<Int64> {
      let ended = exchange.orders.values.filter(\.state.isFinal)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        try exchange.submit(
          try randomTerms(after: step, &random), account: account(&random), at: time(step))
      case 4:
        _ = exchange.orders.keys.sorted().randomElement(using: &random).map {
          exchange.cancel($0, at: time(step))
        }
      case 5..<8: usage = QuoteUsage(try randomQuote(step, &random))
      default: break
      }
      let reports = exchange.match(&usage, at: time(step))
      for report in reports {
        guard let execution = report.execution, let quote = usage?.quote else { continue }
        #expect(execution.price == quote.price(for: report.order.terms.side))
        traded[quote.sequence, default: [:]][report.order.terms.side, default: .zero] +=
          execution.quantity.value
      }
      if let quote = usage?.quote {
        for side in OrderSide.allCases {
          #expect((traded[quote.sequence]?[side] ?? .zero) <= quote.size(for: side))
        }
      }
      for order in ended { #expect(exchange.orders[order.id] == order) }
      expectNothingLeftToTrade(exchange, usage, at: time(step))
    }
    #expect(exchange.reports.contains { $0.type == .trade })
    try expectConsistentReports(exchange)
  }

  private func account(_ random: inout SeededGenerator) -> String {
    Bool.random(using: &random) ? "sim" : "other"
  }

  private func randomTerms(
    after step: Int64, _ random: inout SeededGenerator
  ) throws -> OrderTerms {
    let end = Int64.random(in: 1...60, using: &random)
    return try .terms(
      Bool.random(using: &random) ? .buy : .sell, "\(10 * Int.random(in: 1...9, using: &random))",
      at: "\(Int.random(in: 95...105, using: &random))", until: end > 30 ? nil : time(step + end))
  }

  private func randomQuote(_ step: Int64, _ random: inout SeededGenerator) throws -> Quote {
    let middle = Int.random(in: 96...104, using: &random)
    return try .quote(
      step + 1, bid: "\(middle).00", "\(Int.random(in: 0...80, using: &random))",
      ask: "\(middle).50", "\(Int.random(in: 0...80, using: &random))")
  }

  /// Behind a match no order is left that could have traded, and none whose time is over.
  private func expectNothingLeftToTrade(
    _ exchange: Exchange, _ usage: QuoteUsage?, at now: Instant
  ) {
    for order in exchange.working {
      #expect(!order.terms.isOver(at: now))
      if let usage, usage.left(for: order.terms.side) != nil {
        #expect(!order.terms.accepts(usage.quote.price(for: order.terms.side)))
      }
    }
  }

  private func expectConsistentReports(_ exchange: Exchange) throws {
    for (name, account) in exchange.accounts {
      let sequences = exchange.reports.filter { $0.order.account == name }.map(\.sequence)
      #expect(sequences == Array(1...account.reportSequence))
    }
    for (id, order) in exchange.orders {
      let reports = exchange.reports.filter { $0.order.id == id }
      #expect(reports.last?.order == order)
      #expect(reports.first?.type == .accepted)
      var (quantity, notional) = (Decimal.zero, Decimal.zero)
      for report in reports {
        if let execution = report.execution {
          quantity = quantity + execution.quantity.value
          notional = notional + (try execution.price.notional(of: execution.quantity))
          #expect(order.terms.accepts(execution.price))
        }
        #expect(report.order.filledQuantity == quantity && report.order.filledNotional == notional)
      }
      #expect(quantity <= order.terms.quantity.value)
      #expect((order.state == .filled) == (quantity == order.terms.quantity.value))
    }
    let executions = exchange.reports.compactMap { $0.execution?.id }
    #expect(Set(executions).count == executions.count)
  }
}
