import Core
import TestSupport
import Testing
import TradingDomain

@Suite("PaperBook")
struct PaperBookTests {
  /// What one line of a scenario does, and what executes: "order quantity@price".
  static let scenarios: [(name: String, steps: [(String, String)])] = [
    (
      "a market order takes the other side's price, as far as its size reaches",
      [
        ("quote 1 99x50 100x60", ""), ("buy a 100", "a 60@100"),
        ("quote 2 98x50 101x10", "a 10@101"),
        ("quote 3 98x50 102x500", "a 30@102"), ("quote 4 98x50 99x500", ""),
      ]
    ),
    (
      "a limit order waits for its price and may get a better one",
      [
        ("quote 1 99x50 100x60", ""), ("buy a 10 at 99.99", ""),
        ("quote 2 98x50 99.99x4", "a 4@99.99"),
        ("quote 3 97x50 98x500", "a 6@98"),
      ]
    ),
    (
      "sellers get the bid",
      [
        ("quote 1 99x50 100x60", ""), ("sell a 20", "a 20@99"), ("sell b 20 at 99", "b 20@99"),
        ("sell c 20 at 99.01", ""), ("sell d 20", "d 10@99"),
        ("quote 2 99.02x15 100x1", "d 10@99.02, c 5@99.02"),
      ]
    ),
    (
      "the size a quote shows is there once",
      [
        ("quote 5 99x50 100x10", ""), ("buy a 7", "a 7@100"), ("buy b 7", "b 3@100"),
        ("quote 5 99x50 100x10", ""), ("quote 4 99x50 100x10", ""),
        ("quote 6 99x50 100x10", "b 4@100"),
        ("buy c 7", "c 6@100"),
      ]
    ),
    (
      "market orders first, then the better price, then the older order",
      [
        ("buy d 10 at 101", ""), ("buy c 10 at 102", ""), ("buy b 10 at 101", ""), ("buy e 10", ""),
        ("quote 1 99x1 101x35", "e 10@101, c 10@101, b 10@101, d 5@101"),
      ]
    ),
    (
      "a market order trades up to its protection price, and does not hold up the others",
      [
        ("buy a 10 protect 102", ""), ("buy b 10 protect 105", ""), ("buy c 10 at 103", ""),
        ("buy d 10 at 104", ""), ("sell e 10 protect 99", ""),
        ("quote 1 98x50 104x15", "b 10@104, d 5@104"), ("quote 2 99x4 106x50", "e 4@99"),
        ("quote 3 98x50 102x50", "a 10@102, d 5@102, c 10@102"),
      ]
    ),
    (
      "an order that is replaced trades on its new terms",
      [
        ("buy a 10 at 101", ""), ("buy b 10 at 101", ""), ("buy a 5 at 99", ""),
        ("quote 1 98x1 100x50", "b 10@100"), ("quote 2 98x1 99x50", "a 5@99"),
      ]
    ),
    (
      "a canceled order is served no more",
      [
        ("buy a 10 at 101", ""), ("buy b 10 at 101", ""), ("cancel a", ""),
        ("quote 1 99x1 101x15", "b 10@101"),
      ]
    ),
    (
      "an empty side serves nobody",
      [("buy a 10", ""), ("quote 1 99x1 101x0", ""), ("quote 2 99x1 101x5", "a 5@101")]
    ),
  ]

  @Test("scenarios a trader can read", arguments: scenarios.indices)
  func scenario(_ index: Int) throws {
    let scenario = Self.scenarios[index]
    var book = PaperBook(symbol: Make.symbol)
    for (step, expected) in scenario.steps {
      let words = step.split(whereSeparator: { " x".contains($0) }).map(String.init)
      switch words[0] {
      case "quote":
        book.update(
          try Make.quote(
            try #require(Int64(words[1])), bid: words[2], words[3], ask: words[4], words[5]))
      case "cancel":
        book.remove(OrderID(rawValue: words[1]))
      default:
        let side: OrderSide = words[0] == "buy" ? .buy : .sell
        book.insert(
          try Make.order(
            side, words[2], at: words.count > 4 && words[3] == "at" ? words[4] : nil, id: words[1],
            protection: words.count > 4 && words[3] == "protect" ? words[4] : nil))
      }
      let executed = book.match().map { "\($0.orderID) \($0.quantity)@\($0.price)" }
      #expect(executed.joined(separator: ", ") == expected, "\(scenario.name): \(step)")
    }
  }

  /// The slow obvious twin: looks at every order for every execution.
  struct NaiveBook {
    var quote: Quote?
    var left: [OrderSide: Decimal] = [:]
    var orders: [(order: Order, leaves: Decimal)] = []

    mutating func update(_ new: Quote) {
      guard new.sequence > quote?.sequence ?? .min else { return }
      quote = new
      left = [.buy: new.askSize, .sell: new.bidSize]
    }

    mutating func match() -> [String] {
      guard let quote else { return [] }
      var executed: [String] = []
      for side in OrderSide.allCases {
        let price = side == .buy ? quote.askPrice : quote.bidPrice
        while let available = left[side], available.isPositive {
          let willing = orders.indices.filter { index in
            let order = orders[index].order
            guard order.side == side else { return false }
            guard let limit = order.limitPrice ?? order.protectionPrice else { return true }
            return side == .buy ? limit >= price : limit <= price
          }
          let best = willing.min { left, right in
            let (one, two) = (orders[left].order, orders[right].order)
            let (first, second) = (urgency(one), urgency(two))
            return first == second ? one.id < two.id : first > second
          }
          guard let best else { break }
          let quantity = min(available, orders[best].leaves)
          executed.append("\(orders[best].order.id) \(quantity)@\(price)")
          left[side] = available - quantity
          orders[best].leaves = orders[best].leaves - quantity
          if orders[best].leaves.isZero { orders.remove(at: best) }
        }
      }
      return executed
    }

    private func urgency(_ order: Order) -> Decimal {
      guard let limit = order.limitPrice?.value else { return .max }
      return order.side == .buy ? limit : -limit
    }
  }

  @Test("20,000 random commands execute as in the obvious book")
  func equalsTwin() throws {
    var random = SeededGenerator(seed: 15)
    var (book, twin) = (PaperBook(symbol: Make.symbol), NaiveBook())
    var (nextID, executions) = (0, 0)
    for step in 0..<20_000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4 where twin.orders.count < 60:
        nextID += Int.random(in: 1...3, using: &random)
        let limit = Int.random(in: 0..<4, using: &random)
        let order = try Make.order(
          Bool.random(using: &random) ? .buy : .sell,
          "\(Int.random(in: 1...20, using: &random))",
          at: limit == 0 ? nil : "\(Int.random(in: 95...105, using: &random))",
          id: String(UInt64.random(in: 0..<1000, using: &random)) + "-\(nextID)",
          protection: limit == 0 && nextID % 2 == 0
            ? "\(Int.random(in: 95...105, using: &random))" : nil)
        book.insert(order)
        twin.orders.append((order, order.quantity.value))
      case 4..<6:
        guard let victim = twin.orders.randomElement(using: &random)?.order.id else { break }
        book.remove(victim)
        twin.orders.removeAll { $0.order.id == victim }
      default:
        let bid = Int.random(in: 94...105, using: &random)
        let quote = try Make.quote(
          Int64(step - Int.random(in: 0...2, using: &random)), bid: "\(bid)",
          "\(Int.random(in: 0...30, using: &random))", ask: "\(bid + 1)",
          "\(Int.random(in: 0...30, using: &random))")
        book.update(quote)
        twin.update(quote)
      }
      let executed = book.match()
      #expect(executed.map { "\($0.orderID) \($0.quantity)@\($0.price)" } == twin.match())
      #expect(book.count == twin.orders.count)
      executions += executed.count
    }
    #expect(executions > 4_000)
  }

  @Test("executions of one quote have different names and never exceed its size")
  func names() throws {
    var book = PaperBook(symbol: Make.symbol)
    book.update(try Make.quote(9, bid: "99", "5", ask: "100", "6"))
    for index in 0..<4 {
      book.insert(try Make.order(.buy, "2", id: "b\(index)"))
      book.insert(try Make.order(.sell, "2", id: "s\(index)"))
    }
    let executions = book.match()
    #expect(Set(executions.map(\.venueTradeID)).count == executions.count)
    #expect(executions.first?.venueTradeID == "PAPER-AAPL-9-BUY-0")
    let bought = executions.filter { $0.side == .buy }.map(\.quantity.value).reduce(.zero, +)
    let sold = executions.filter { $0.side == .sell }.map(\.quantity.value).reduce(.zero, +)
    #expect(bought == 6 && sold == 5)
    #expect(executions.allSatisfy { $0.quoteSequence == 9 })
    #expect(executions.filter { $0.side == .buy }.allSatisfy { $0.shownSize == 6 })
  }
}
