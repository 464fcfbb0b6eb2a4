import Core
import ExchangeDomain

/// A symbol with a grid of cents and tens.
let lots = Instrument(
  symbol: Symbol(rawValue: "FB"), priceIncrement: Decimal(unscaled: 1, scale: 2) ?? .zero,
  lotSize: 10)

/// So many seconds after 2026 began.
func time(_ seconds: Int64) -> Instant {
  Instant(microseconds: (1_767_225_600 + seconds) * 1_000_000)
}

extension OrderID {
  init(number: Int) { self.init(rawValue: "00000000-0000-7000-8000-\(100_000_000_000 + number)") }
}

extension OrderTerms {
  static func terms(
    _ side: OrderSide, _ quantity: String, at price: String, until end: Instant? = nil,
    symbol: String = "FB"
  ) throws -> OrderTerms {
    OrderTerms(
      symbol: Symbol(rawValue: symbol), side: side, quantity: try Quantity(Decimal(quantity)),
      limitPrice: try Price(Decimal(price)), expiresAt: end)
  }
}

extension Quote {
  static func quote(
    _ sequence: Int64 = 1, bid: String, _ bidSize: String, ask: String, _ askSize: String
  ) throws -> Quote {
    Quote(
      symbol: Symbol(rawValue: "FB"), sequence: sequence, bidPrice: try Price(Decimal(bid)),
      bidSize: try Decimal(bidSize), askPrice: try Price(Decimal(ask)),
      askSize: try Decimal(askSize))
  }
}

/// An exchange in memory: what the service keeps in its database.
struct Exchange {
  var accounts: [AccountName: ExchangeAccount] = [:]
  var orders: [OrderID: ExchangeOrder] = [:]
  var reports: [ExecutionReport] = []
  private var executions = 0

  var working: [ExchangeOrder] { orders.values.filter { !$0.state.isFinal } }

  /// Submits an order, received in time and under a name of its own unless told.
  @discardableResult
  mutating func submit(
    _ terms: OrderTerms, account: String = "sim", name: String? = nil,
    receiveUntil: Instant? = nil, instrument: Instrument? = lots, at now: Instant = time(0)
  ) throws(SubmitOrderRejection) -> ExchangeOrder {
    let id = OrderID(number: orders.count)
    let clientOrderID = ClientOrderID(rawValue: name ?? id.rawValue)
    let account = AccountName(rawValue: account)
    var state = accounts[account] ?? ExchangeAccount(name: account)
    let namesake = working.first { $0.account == account && $0.clientOrderID == clientOrderID }
    let news = try SubmitOrder.decide(
      Submission(clientOrderID: clientOrderID, terms: terms, receiveUntil: receiveUntil ?? now),
      id: id, instrument: instrument, namesake: namesake?.id, account: &state, at: now)
    accounts[account] = state
    take(news)
    return news[news.count - 1].order
  }

  /// Matches all that works.
  mutating func match(_ usage: inout QuoteUsage?, at now: Instant = time(0)) -> [ExecutionReport] {
    var made = executions
    let news = MatchOrders.decide(
      working, usage: &usage, accounts: &accounts, at: now,
      makeID: {
        made += 1
        return ExecutionID(rawValue: "\(made)")
      })
    executions = made
    take(news)
    return news
  }

  /// Matches all that works against a quote of which nothing is traded yet.
  mutating func match(_ quote: Quote?, at now: Instant = time(0)) -> [ExecutionReport] {
    var usage = quote.map { QuoteUsage($0) }
    return match(&usage, at: now)
  }

  mutating func cancel(_ id: OrderID, at now: Instant = time(0)) -> ExecutionReport? {
    guard let order = orders[id], var account = accounts[order.account] else { return nil }
    let report = CancelOrder.decide(order, account: &account, at: now)
    accounts[order.account] = account
    take(report.map { [$0] } ?? [])
    return report
  }

  private mutating func take(_ news: [ExecutionReport]) {
    for report in news { orders[report.order.id] = report.order }
    reports += news
  }
}
