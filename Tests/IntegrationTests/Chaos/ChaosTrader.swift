import Core
import TestSupport
import TradingContract

@testable import DevPlatform

/// Trades without end whatever dies, one request after the other, and writes down what was acknowledged.
actor ChaosTrader {
  /// An order that was acknowledged, by the name that its trader gave it.
  struct Acknowledged: Sendable {
    let orderID: String
    /// Whether it was also acknowledged that it is canceled.
    var isCanceled = false
  }

  nonisolated let userID: String
  nonisolated let client: PlatformClient
  private(set) var acknowledged: [String: Acknowledged] = [:]
  /// Answers that nothing excuses.
  private(set) var complaints: [String] = []
  /// A price that no quote reaches.
  private let restingLimit: Decimal
  /// The same for the symbol whose orders are executed at an exchange.
  private let routedLimit: Decimal
  private var random: SeededGenerator
  private var isTrading = false
  private var isBusy = false
  private var count = 0
  /// What it has asked for, how often, and the last refusal.
  private var request = (name: "", tries: 0, refusal: "")

  /// How long one request is repeated before that is a complaint.
  private static let patience: Duration = .seconds(60)

  init(_ trader: Trader, restingLimit: Decimal, routedLimit: Decimal, seed: UInt64) {
    self.restingLimit = restingLimit
    self.routedLimit = routedLimit
    userID = trader.userID
    // It asks again itself, and soon: how long that takes is what is measured.
    var client = trader.client
    client.patience = .zero
    self.client = client
    random = SeededGenerator(seed: seed)
  }

  /// Lets the trader begin.
  func resume() { isTrading = true }

  /// Lets the trader end what is at hand, and no more.
  func pause() { isTrading = false }

  /// What it waits for; nil if nothing is at hand.
  var pending: String? {
    guard isBusy else { return nil }
    let refusal = request.refusal.isEmpty ? "" : ", last refused: \(request.refusal)"
    return "trader waits for \(request.name), try \(request.tries)\(refusal)"
  }

  /// Trades whenever that is allowed, until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      guard isTrading else {
        try? await Task.sleep(for: .milliseconds(5))
        continue
      }
      isBusy = true
      do {
        try await act()
      } catch {
        if !Task.isCancelled { complaints.append("\(error)") }
      }
      isBusy = false
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  private func act() async throws {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<20: _ = try await place { .market(.buy, $1, of: Trader.symbol, clientOrderID: $0) }
    case 20..<30: _ = try await place { .market(.sell, $1, of: Trader.symbol, clientOrderID: $0) }
    case 30..<45:
      _ = try await place { .market(.buy, $1, of: Trader.routedSymbol, clientOrderID: $0) }
    case 45..<50:
      _ = try await place { .market(.sell, $1, of: Trader.routedSymbol, clientOrderID: $0) }
    case 50..<75: try await restAndCancelElsewhere()
    default: try await restAmendAndCancel()
    }
  }

  private func place(
    _ order: (String, Decimal) -> TradingV1.PlaceOrderRequest
  ) async throws -> (name: String, TradingV1.Order) {
    count += 1
    let name = "order-\(count)"
    let request = order(name, Decimal(Int.random(in: 1...5, using: &random)))
    let client = client
    let placed = try await surely("PlaceOrder") { try await client.place(request) }
    acknowledged[name] = Acknowledged(orderID: placed.orderID)
    return (name, placed)
  }

  /// An order that no quote reaches: raised, so that more is held for it, and withdrawn; or left.
  private func restAmendAndCancel() async throws {
    let limit = restingLimit
    let (name, order) = try await place {
      .limit(.buy, $1, of: Trader.symbol, at: limit, clientOrderID: $0)
    }
    let (client, id) = (client, order.orderID)
    if Bool.random(using: &random) {
      // Its own resumer opens an order whose process died: until then it cannot be amended.
      try await until(id, is: .open)
      let quantity = Decimal(Int.random(in: 6...20, using: &random))
      _ = try await surely("AmendOrder") { try await client.amend(orderID: id, quantity: quantity) }
      try await until(id, is: .open)
    }
    guard Int.random(in: 0..<4, using: &random) > 0 else { return }
    _ = try await surely("CancelOrder") { try await client.cancel(orderID: id) }
    acknowledged[name]?.isCanceled = true
  }

  /// An order that rests at the exchange, and is withdrawn at once: it may still be on its way there; or left.
  private func restAndCancelElsewhere() async throws {
    let limit = routedLimit
    let (name, order) = try await place {
      .limit(.buy, $1, of: Trader.routedSymbol, at: limit, clientOrderID: $0)
    }
    guard Int.random(in: 0..<4, using: &random) > 0 else { return }
    let (client, id) = (client, order.orderID)
    _ = try await surely("CancelOrder") { try await client.cancel(orderID: id) }
    acknowledged[name]?.isCanceled = true
  }

  private func until(_ id: String, is status: TradingV1.OrderStatus) async throws {
    let client = client
    try await eventually {
      try await surely("GetOrder, to be \(status)") { try await client.order(id: id) }.status
        == status
    }
  }

  /// Repeats a request that is the same each time, until it has an answer.
  private func surely<Result: Sendable>(
    _ name: String, _ body: @Sendable () async throws -> Result
  ) async throws -> Result {
    let end = ContinuousClock.now + Self.patience
    request = (name, 0, "")
    while true {
      request.tries += 1
      do {
        return try await body()
      } catch let problem as APIProblem {
        guard problem.mayPass, .now < end else { throw problem }
        request.refusal = "\(problem)"
      } catch {
        // The gateway is gone, and with it the answer.
        try Task.checkCancellation()
        guard .now < end else { throw error }
        request.refusal = "\(error)"
      }
      try await Task.sleep(for: .milliseconds(25))
    }
  }
}
