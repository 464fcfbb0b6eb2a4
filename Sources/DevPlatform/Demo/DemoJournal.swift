import Core
import MarketDataContract
import TradingContract

/// Writes down what a WebSocket says, and lets others wait for it.
actor DemoJournal {
  /// What has been said so far.
  struct Entries: Sendable {
    var openChannels: Set<String> = []
    var quotes: [String: MarketDataV1.Quote] = [:]
    var quoteUpdates = 0
    var snapshotSequence: Int64?
    var updates: [DemoEvidence.Update] = []
    /// What should not have been said.
    var complaints: [String] = []
    var isClosed = false

    /// The last that was said of an order.
    func latest(_ orderID: String) -> TradingV1.Order? {
      updates.last { $0.order.orderID == orderID }?.order
    }
  }

  private struct Waiter {
    let condition: @Sendable (Entries) -> Bool
    let continuation: CheckedContinuation<Void, any Error>
  }

  private(set) var entries = Entries()
  private var waiters: [Int: Waiter] = [:]
  private var nextWaiter = 0
  private let say: @Sendable (String) -> Void

  init(say: @escaping @Sendable (String) -> Void) { self.say = say }

  /// Writes down a message.
  func record(_ message: StreamMessage) {
    switch message {
    case .subscribed(let id):
      entries.openChannels.insert(id)
    case .quotes(let snapshot, _):
      for quote in snapshot.quotes { record(quote) }
    case .quote(let quote, _):
      entries.quoteUpdates += 1
      record(quote)
    case .orders(let snapshot, let sequence):
      if entries.snapshotSequence != nil { complain("a second snapshot of orders") }
      if !snapshot.orders.isEmpty { complain("a new user has working orders") }
      entries.snapshotSequence = sequence
    case .order(let order, let sequence):
      entries.updates.append(.init(sequence: sequence, order: order))
      say("      ⇢ #\(sequence) \(DemoText.state(of: order))")
    case .interrupted(let id, let detail):
      complain("channel \(id) was interrupted: \(detail)")
    case .error(let id, let code, let reason, let detail):
      complain("channel \(id ?? "-"): \(code) \(reason): \(detail)")
    case .authenticated, .unsubscribed, .wallets, .walletChange, .heartbeat, .pong:
      break
    }
    wakeWaiters()
  }

  /// Notes that the WebSocket is closed: whoever waits waits in vain.
  func close() {
    entries.isClosed = true
    for waiter in waiters.values { waiter.continuation.resume(throwing: DemoError.streamEnded) }
    waiters = [:]
  }

  /// Waits until a condition holds for what has been said.
  ///
  /// - Throws: ``DemoError/streamEnded``, or `CancellationError`.
  func wait(until condition: @escaping @Sendable (Entries) -> Bool) async throws {
    if condition(entries) { return }
    if entries.isClosed { throw DemoError.streamEnded }
    let number = nextWaiter
    nextWaiter += 1
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Void, any Error>) in
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          waiters[number] = Waiter(condition: condition, continuation: continuation)
        }
      }
    } onCancel: {
      Task { await self.cancel(number) }
    }
  }

  private func record(_ quote: MarketDataV1.Quote) {
    if let before = entries.quotes[quote.symbol], quote.sequence < before.sequence {
      complain("\(quote.symbol): quote \(quote.sequence) came after \(before.sequence)")
    }
    if let bid = quote.bidPrice, let ask = quote.askPrice, bid > ask {
      complain("\(quote.symbol): quote \(quote.sequence) bids \(bid) and asks \(ask)")
    }
    entries.quotes[quote.symbol] = quote
  }

  private func complain(_ text: String) { entries.complaints.append(text) }

  private func wakeWaiters() {
    for (number, waiter) in waiters where waiter.condition(entries) {
      waiters[number] = nil
      waiter.continuation.resume()
    }
  }

  private func cancel(_ number: Int) {
    waiters.removeValue(forKey: number)?.continuation.resume(throwing: CancellationError())
  }
}
