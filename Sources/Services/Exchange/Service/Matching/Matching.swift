import Core
import ExchangeDomain
import Logging
import ProcessKit
import ServiceKit
import Synchronization

/// Trades working orders against the market's quotes, and ends those whose time is over.
///
/// Every replica does: the database gives each symbol to one of them at a time. A quote that concerns
/// no order is compared in memory and costs nothing more; of quotes that come while another is being
/// traded on only the latest counts.
final class Matching: Sendable {
  private struct State {
    var working = WorkingOrders()
    /// The symbols whose orders are to be matched.
    var waiting: Set<Symbol> = []
    /// When those are tried again whose last round has failed.
    var retries: [Symbol: ContinuousClock.Instant] = [:]
  }

  private let store: ExchangeStore
  private let market: Market
  private let reports: ReportBell
  private let clock: any Core.Clock
  private let crashPoints: CrashPoints
  private let reloadInterval: Duration
  private let logger: Logger
  private let state = Mutex(State())
  private let signal = WakeSignal()

  /// How soon it looks again at an order whose time is over here and not yet by the database's clock.
  private static let expiryPace: Duration = .milliseconds(20)
  /// How long a symbol rests whose round has failed.
  private static let retryPause: Duration = .milliseconds(250)

  init(
    store: ExchangeStore, market: Market, reports: ReportBell, clock: any Core.Clock,
    crashPoints: CrashPoints, reloadInterval: Duration, logger: Logger
  ) {
    self.store = store
    self.market = market
    self.reports = reports
    self.clock = clock
    self.crashPoints = crashPoints
    self.reloadInterval = reloadInterval
    self.logger = logger
  }

  // MARK: - News

  /// Takes a quote, which the market has already.
  func offer(_ quote: Quote) {
    let concerns = state.withLock { state in
      guard state.working.mayTrade(at: quote) else { return false }
      state.waiting.insert(quote.symbol)
      return true
    }
    if concerns { signal.raise() }
  }

  /// Takes an order that was stored here, and matches it against the quote there is.
  ///
  /// - Returns: whether its symbol was matched.
  func place(_ order: ExchangeOrder) async -> Bool {
    let symbol = order.terms.symbol
    state.withLock { $0.working.note(order) }
    // The task must know when the new order's time is over.
    if order.terms.expiresAt != nil { signal.raise() }
    guard let quote = market.currentQuote(of: symbol),
      state.withLock({ $0.working.mayTrade(at: quote) })
    else { return false }
    do {
      try await match(symbol)
      return true
    } catch {
      // The order is taken, whatever becomes of the match: the task does it again.
      logger.warning(
        "an order is not matched yet", metadata: ["order": "\(order.id)", "error": "\(error)"])
      state.withLock { _ = $0.waiting.insert(symbol) }
      signal.raise()
      return false
    }
  }

  /// Takes an order that was changed here.
  func note(_ order: ExchangeOrder) { state.withLock { $0.working.note(order) } }

  // MARK: - Rounds

  /// Matches until the task is cancelled.
  func run() async {
    var backoff = Backoff()
    var nextReload = ContinuousClock.now
    while !Task.isCancelled {
      do {
        if nextReload <= .now {
          try await reload()
          nextReload = .now + reloadInterval
          backoff = Backoff()
        }
      } catch {
        if Task.isCancelled { return }
        logger.warning("what works cannot be read", metadata: ["error": "\(error)"])
        await backoff.wait()
      }
      await matchWaiting()
      await signal.wait(atMost: pause(until: nextReload))
    }
  }

  /// Reads what works: orders of other replicas, and of this one before it was started.
  private func reload() async throws {
    let known = state.withLock { $0.working.ids() }
    let orders = try await store.workingOrders()
    let symbols = state.withLock { state in
      state.working.replace(known, with: orders)
      return state.working.allSymbols
    }
    for symbol in symbols { market.currentQuote(of: symbol).map(offer) }
  }

  private func matchWaiting() async {
    let (now, instant) = (clock.now, ContinuousClock.now)
    let symbols = state.withLock { state in
      let symbols = state.waiting.union(state.working.symbolsOver(at: now)).filter { symbol in
        state.retries[symbol].map { $0 <= instant } ?? true
      }
      state.waiting.subtract(symbols)
      return symbols
    }
    // A symbol that fails does not keep the others from trading.
    for symbol in symbols {
      do {
        try await match(symbol)
        state.withLock { $0.retries[symbol] = nil }
      } catch {
        if Task.isCancelled { return }
        logger.warning(
          "orders cannot be matched", metadata: ["symbol": "\(symbol)", "error": "\(error)"])
        state.withLock { state in
          state.waiting.insert(symbol)
          state.retries[symbol] = .now + Self.retryPause
        }
      }
    }
  }

  /// Matches a symbol's orders against its latest quote.
  private func match(_ symbol: Symbol) async throws {
    let (quote, now) = (market.currentQuote(of: symbol), clock.now)
    let due = state.withLock { $0.working.due(of: symbol, at: quote, now: now) }
    let round = try await store.match(symbol, against: quote)
    if !round.reports.isEmpty { crashPoints.reach(.matchCommitted) }
    state.withLock { $0.working.replace(due, of: symbol, with: round.orders) }
    for account in Set(round.reports.map(\.order.account)) { reports.ring(for: account) }
  }

  private func pause(until reload: ContinuousClock.Instant) -> Duration {
    let (end, retry) = state.withLock { ($0.working.firstEnd, $0.retries.values.min()) }
    let next = max(.zero, min(reload, retry ?? reload) - .now)
    guard let end else { return next }
    return min(next, max(Self.expiryPace, end - clock.now))
  }
}
