import Core
import Logging
import Synchronization
import TradingDomain

/// One term of matching: a matcher for each symbol that has been quoted.
///
/// A matcher reads the working orders of its symbol when it starts, so what rested before the term
/// works on.
final class VenueSession: Sendable {
  let epoch: Int64
  private let ledger: Ledger
  private let booking: FillBooking
  private let market: Market
  private let logger: Logger
  private let matchers = Mutex<[Symbol: SymbolMatcher]>([:])
  private let started: AsyncStream<SymbolMatcher>
  private let start: AsyncStream<SymbolMatcher>.Continuation

  init(epoch: Int64, ledger: Ledger, booking: FillBooking, market: Market, logger: Logger) {
    self.epoch = epoch
    self.ledger = ledger
    self.booking = booking
    self.market = market
    self.logger = logger
    (started, start) = AsyncStream.makeStream()
  }

  /// Takes a quote; the first of a symbol starts its matcher.
  func offer(_ quote: Quote) {
    let matcher = matchers.withLock { matchers in
      if let matcher = matchers[quote.symbol] { return matcher }
      let matcher = SymbolMatcher(
        symbol: quote.symbol, epoch: epoch, ledger: ledger, booking: booking, market: market,
        logger: logger)
      matchers[quote.symbol] = matcher
      start.yield(matcher)
      return matcher
    }
    matcher.offer(quote)
  }

  /// Takes an order; without a matcher there is no quote, and the matcher will read it by itself.
  func offer(_ order: Order) { matchers.withLock { $0[order.symbol] }?.offer(order) }

  /// Has all books compared with storage.
  func reload() {
    for matcher in matchers.withLock({ Array($0.values) }) { matcher.reload() }
  }

  /// Runs the matchers until the task is cancelled.
  ///
  /// - Throws: ``LeaseLost``.
  func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      for await matcher in started {
        group.addTask {
          // A matcher that fails cancels the others, and must end this loop as well.
          defer { self.start.finish() }
          try await matcher.run()
        }
      }
      try Task.checkCancellation()
    }
  }
}
