import Core
import TestSupport
import Testing

@testable import BrokerDomain

/// One order, two replicas of the broker, an exchange with a clock of its own, and a network between.
struct Simulation {
  /// An order as the exchange has it.
  struct ExchangeOrder {
    let id: ExchangeOrderID
    var filled: Decimal = 0
    var end: RoutedOrderState?
  }

  private var random: SeededGenerator
  private let terms: RoutedOrderTerms
  private var now = Make.now
  /// How far the exchange's clock is from the broker's.
  private let skew: Duration
  private let window: Duration = .seconds(5)

  /// The order as it is stored.
  private(set) var row: RoutedOrder?
  private var connection = Connection(id: ConnectionID(rawValue: "sim"))
  /// Where the order stood after each event.
  private(set) var told: [RoutedOrderState] = []

  private(set) var orders: [ExchangeOrder] = []
  private var reports: [ExecutionReport] = []
  /// The limits of submissions that are under way; a replica that stands still sends later, too.
  private var underWay: [Instant] = []
  /// What replicas have read and asked, and not acted on yet.
  private var answers: [(order: RoutedOrder, answer: ExchangeAnswer)] = []
  /// How many submissions came too late.
  private(set) var lateCount = 0
  /// How often a replica found the order changed when it acted.
  private(set) var lostRaces = 0

  init(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    skew = .milliseconds(Int64.random(in: -20_000...20_000, using: &random))
    let expiresAt: Instant? =
      Bool.random(using: &random)
      ? Make.now + .seconds(Int64.random(in: 1...40, using: &random)) : nil
    terms = try Make.terms(expiresAt: expiresAt)
    // Now and then its end is asked for before it arrives.
    if Int.random(in: 0..<20, using: &random) == 0 { try cancel() }
    try route()
  }

  private var exchangeNow: Instant { now + skew }

  /// Something happens.
  mutating func step() throws {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: now = now + .milliseconds(Int64.random(in: 1...4_000, using: &random))
    case 1: try route()
    case 2 where Int.random(in: 0..<6, using: &random) == 0: try cancel()
    case 3, 4: arrive()
    // A request is lost on its way.
    case 5: if !underWay.isEmpty { underWay.remove(at: index(of: underWay.count)) }
    case 6, 7: ask()
    case 8, 9: try act()
    case 10: trade()
    default: try read()
    }
  }

  /// All clocks go on, nothing is lost any more, and the order ends in the end.
  mutating func settle() throws {
    for _ in 0..<200 where row?.state.isFinal != true {
      now = now + .seconds(2)
      while !underWay.isEmpty { arrive() }
      ask()
      while !answers.isEmpty { try act() }
      while connection.reportSequence < reports.count { try read() }
      if let order = orders.first, order.end == nil { trade() }
      while connection.reportSequence < reports.count { try read() }
      if row?.submissions ?? 0 > 8 { try cancel() }
    }
    while connection.reportSequence < reports.count { try read() }
  }

  private mutating func index(of count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  // MARK: - The broker

  private mutating func route() throws {
    switch try RouteOrder.decide(terms, existing: row, window: window, at: now) {
    case .repeated: return
    case .expire(let change): store(change)
    case .submit(let change):
      store(change)
      try send()
    }
  }

  private mutating func cancel() throws {
    switch try CancelOrder.decide(terms, existing: row, at: now) {
    case .noted: return
    case .mark(let change), .request(let change): store(change)
    case .send(let change, let id):
      store(change)
      withdraw(id)
    case .sendAgain(_, let id): withdraw(id)
    }
  }

  /// A replica reads the order and asks the exchange.
  private mutating func ask() {
    guard let row, row.isUnresolved else { return }
    if row.state != .pendingNew {
      if let id = row.exchangeOrderID { withdraw(id) }
      return
    }
    answers.append((row, orders.isEmpty ? .absent(asOf: exchangeNow) : .found))
  }

  /// A replica acts on what it was answered, maybe much later.
  private mutating func act() throws {
    guard !answers.isEmpty else { return }
    let (order, answer) = answers.remove(at: index(of: answers.count))
    switch ResolvePending.decide(order, answer, window: window, at: now) {
    case .wait, .found, .settled: return
    case .resubmit(let change):
      guard isCurrent(order) else { return }
      store(change)
      try send()
    case .end(let change):
      guard isCurrent(order) else { return }
      store(change)
    }
  }

  private mutating func isCurrent(_ order: RoutedOrder) -> Bool {
    let isCurrent = row?.version == order.version
    lostRaces += isCurrent ? 0 : 1
    return isCurrent
  }

  private mutating func read() throws {
    guard connection.reportSequence < reports.count else { return }
    // Now and then one comes again.
    let isRepeated = connection.reportSequence > 0 && Bool.random(using: &random)
    let report = reports[Int(connection.reportSequence) - (isRepeated ? 1 : 0)]
    guard try connection.take(report: report.sequence) else { return }
    let order = try #require(row, "an order is at the exchange that was never stored")
    store(try ApplyReport.decide(report, of: order, at: now))
  }

  private mutating func store(_ change: Change) {
    row = change.order
    if change.event != nil { told.append(change.order.state) }
  }

  private mutating func send() throws {
    // The one promise: no earlier submission may be taken any more.
    #expect(
      underWay.allSatisfy { $0 < exchangeNow }, "sent while an earlier submission may be taken")
    underWay.append(try #require(row?.receiveUntil))
  }

  // MARK: - The exchange

  /// A submission arrives, whichever was sent first.
  private mutating func arrive() {
    guard !underWay.isEmpty else { return }
    let limit = underWay.remove(at: index(of: underWay.count))
    guard exchangeNow <= limit else {
      lateCount += 1
      return
    }
    // A name is taken only while its order works.
    guard !orders.contains(where: { $0.end == nil }) else { return }
    orders.append(ExchangeOrder(id: ExchangeOrderID(rawValue: "x\(orders.count + 1)")))
    report(.accepted, of: orders.count - 1)
  }

  private mutating func trade() {
    guard let place = orders.lastIndex(where: { $0.end == nil }) else { return }
    if terms.isOver(at: exchangeNow) {
      orders[place].end = .expired
      report(.expired, of: place)
      return
    }
    let quantity = Decimal(Int.random(in: 1...4, using: &random))
    let traded = min(quantity, 10 - orders[place].filled)
    orders[place].filled = orders[place].filled + traded
    if orders[place].filled == 10 { orders[place].end = .filled }
    guard let occurrence = try? Make.trade(traded, at: 99) else { return }
    report(occurrence, of: place)
  }

  private mutating func withdraw(_ id: ExchangeOrderID) {
    guard let place = orders.firstIndex(where: { $0.id == id }), orders[place].end == nil else {
      return
    }
    orders[place].end = .canceled
    report(.canceled, of: place)
  }

  private mutating func report(_ occurrence: ExecutionReport.Occurrence, of place: Int) {
    let filled = orders[place].filled
    guard let notional = try? filled.multiplied(by: 99) else { return }
    reports.append(
      Make.report(
        occurrence, filled: filled, for: notional, id: orders[place].id,
        sequence: Int64(reports.count) + 1))
  }
}
