import MarketDataDomain
import Synchronization

/// The latest tick of every symbol in this process, and those who want to hear of the next.
///
/// One task hands in ticks, in order. Nothing is written while a lock is held: the hub only puts
/// ticks into the bounded buffers of its subscriptions.
final class QuoteHub: Sendable {
  private struct State {
    var latest: [Symbol: Tick]
    var nextStep: Int64
    var subscriptions: [ObjectIdentifier: QuoteSubscription] = [:]
    var isClosed = false
  }

  private let state: Mutex<State>

  /// Starts with the last stored tick of each symbol.
  init(latest ticks: [Tick]) {
    let latest = Dictionary(ticks.map { ($0.quote.symbol, $0) }) { $1 }
    state = Mutex(State(latest: latest, nextStep: (ticks.map(\.step).max() ?? -1) + 1))
  }

  /// The step after the last one handed in.
  var nextStep: Int64 { state.withLock(\.nextStep) }

  /// How many subscriptions there are.
  var subscriptionCount: Int { state.withLock(\.subscriptions.count) }

  /// The symbols that have been quoted.
  var symbols: [Symbol] { state.withLock { Array($0.latest.keys) } }

  /// The latest tick of a symbol.
  func latest(of symbol: Symbol) -> Tick? { state.withLock { $0.latest[symbol] } }

  /// The latest tick of each symbol, and a subscription to all that follow.
  func subscribe(to symbols: [Symbol]) -> (snapshot: [Tick], subscription: QuoteSubscription) {
    let subscription = QuoteSubscription(to: Set(symbols))
    return state.withLock { state in
      if state.isClosed {
        subscription.end()
      } else {
        state.subscriptions[ObjectIdentifier(subscription)] = subscription
      }
      return (symbols.compactMap { state.latest[$0] }, subscription)
    }
  }

  /// Forgets a subscription.
  func unsubscribe(_ subscription: QuoteSubscription) {
    state.withLock { _ = $0.subscriptions.removeValue(forKey: ObjectIdentifier(subscription)) }
    subscription.end()
  }

  /// Hands in the ticks of whole steps, in order, up to but without `nextStep`.
  func publish(_ ticks: [Tick], nextStep: Int64) {
    let subscriptions = state.withLock { state in
      for tick in ticks { state.latest[tick.quote.symbol] = tick }
      state.nextStep = nextStep
      return state.subscriptions
    }
    for subscription in subscriptions.values { subscription.offer(ticks) }
  }

  /// Ends all subscriptions, and those to come.
  func close() {
    let subscriptions = state.withLock { state in
      state.isClosed = true
      defer { state.subscriptions = [:] }
      return state.subscriptions
    }
    for subscription in subscriptions.values { subscription.end() }
  }
}
