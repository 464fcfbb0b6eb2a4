import Core
import TestSupport
import Testing

@testable import TradingDomain

@Suite("Portfolio")
struct PortfolioTests {
  static let usd = Asset(rawValue: "USD")
  static let units = Asset(rawValue: "AAPL")

  /// An account in which both sides of each trade have been settled.
  struct Book {
    var position = Position.none
    var cash: Decimal
    var units: Decimal
    var bought: Decimal = 0
    var sold: Decimal = 0

    mutating func fill(_ fill: PositionTests.Fill) throws {
      position = try PositionTests.fold([fill], from: position)
      let money = try fill.money()
      cash = (fill.side == .buy ? cash - money : cash + money) - fill.fee
      units = units + fill.signedQuantity
      if fill.side == .buy { bought = bought + money } else { sold = sold + money }
    }

    func portfolio(_ quote: Quote) throws -> Portfolio {
      try Portfolio(
        in: PortfolioTests.usd, wallets: [PortfolioTests.usd: cash, PortfolioTests.units: units],
        positions: [Make.symbol: position], quotes: [Make.symbol: quote])
    }
  }

  private static func randomQuote(
    _ sequence: Int, _ random: inout SeededGenerator
  ) throws -> Quote {
    let bid = Int.random(in: 1...100_000, using: &random)
    return Quote(
      symbol: Make.symbol, sequence: Int64(sequence),
      bidPrice: try Price(Decimal(unscaled: Int128(bid), scale: 2) ?? 1), bidSize: 1,
      askPrice: try Price(Decimal(unscaled: Int128(bid + 3), scale: 2) ?? 1), askSize: 1,
      publishedAt: Make.now)
  }

  @Test("equity is cash and units at their mark, and moves by gains, fees and deposits alone")
  func identities() throws {
    var random = SeededGenerator(seed: 31)
    for _ in 0..<100 {
      let start = Decimal(Int.random(in: 0...1_000_000, using: &random))
      var book = Book(cash: start, units: 0)
      var before = try book.portfolio(try Self.randomQuote(0, &random))
      var deposited: Decimal = 0
      for step in 1...40 {
        let quote = try Self.randomQuote(step, &random)
        var deposit: Decimal = 0
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          deposit = Decimal(Int.random(in: -500...500, using: &random))
          book.cash = book.cash + deposit
          deposited = deposited + deposit
        case 1: break
        default: try book.fill(PositionTests.randomFills(&random, count: 1)[0])
        }
        let now = try book.portfolio(quote)
        let mark = quote.mark(of: book.position.quantity)?.value ?? 0
        let value = try mark.multiplied(by: book.position.quantity)
        // Equity is cash and the value of what is held.
        #expect(now.equity == book.cash + value && now.marketValue == value)
        // It changes by what was earned, what was charged, and what came or went.
        let gained = now.realizedPnL - before.realizedPnL
        let revalued = now.unrealizedPnL - before.unrealizedPnL
        let charged = now.fees - before.fees
        #expect(now.equity - before.equity == gained + revalued - charged + deposit)
        // Whatever the cost method, the gain is what was sold less what was bought, and the rest.
        #expect(now.realizedPnL + now.unrealizedPnL == book.sold - book.bought + value)
        #expect(
          now.equity == start + deposited + now.realizedPnL + now.unrealizedPnL - now.fees)
        before = now
      }
    }
  }

  @Test("a long position is marked at the bid, a short one at the ask, a flat one not at all")
  func marks() throws {
    let quote = try Make.quote(1, bid: "99", "1", ask: "101", "1")
    #expect(quote.mark(of: 5)?.value == 99)
    #expect(quote.mark(of: -5)?.value == 101)
    #expect(quote.mark(of: 0) == nil)
    let long = try PositionTests.fold([.init(side: .buy, quantity: 10, price: 100, fee: 1)])
    #expect(try long.unrealizedPnL(at: quote.bidPrice) == -10)
    let short = try PositionTests.fold([.init(side: .sell, quantity: 10, price: 100, fee: 1)])
    #expect(try short.unrealizedPnL(at: quote.askPrice) == -10)
  }

  @Test("what has no quote is listed and counts for nothing")
  func withoutQuote() throws {
    let portfolio = try Portfolio(
      in: Self.usd, wallets: [Self.usd: 50, Self.units: 3, Asset(rawValue: "ZERO"): 0],
      positions: [:], quotes: [:])
    #expect(portfolio.equity == 50 && portfolio.marketValue == 0)
    #expect(portfolio.holdings.map(\.asset) == [Self.units])
    #expect(portfolio.holdings[0].quote == nil && portfolio.holdings[0].value == nil)
  }
}
