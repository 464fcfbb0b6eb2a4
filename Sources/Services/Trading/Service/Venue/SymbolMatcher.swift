import Core
import Logging
import ServiceKit
import Synchronization
import TradingDomain

/// Matches the working orders of one symbol against its quotes, one step after another.
///
/// News is left in a mailbox and taken in turn, so the book is never ahead of what is stored by more
/// than the executions at hand. Of the quotes that come meanwhile only the latest counts.
///
/// A quote that trades state already is not traded on again after a take-over: how much of its size
/// was left, the book of the holder before knew, so this one waits for the next.
final class SymbolMatcher: Sendable {
  private struct Mailbox {
    var quote: Quote?
    var orders: [Order] = []
    var needsReload = true
  }

  private let symbol: Symbol
  private let epoch: Int64
  private let ledger: Ledger
  private let booking: FillBooking
  private let market: Market
  private let logger: Logger
  private let mailbox = Mutex(Mailbox())
  private let bell: AsyncStream<Void>
  private let ring: AsyncStream<Void>.Continuation

  init(
    symbol: Symbol, epoch: Int64, ledger: Ledger, booking: FillBooking, market: Market,
    logger: Logger
  ) {
    self.symbol = symbol
    self.epoch = epoch
    self.ledger = ledger
    self.booking = booking
    self.market = market
    self.logger = logger
    (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  // MARK: - News

  /// Takes a quote; one that has not been matched yet is replaced.
  func offer(_ quote: Quote) {
    note { mailbox in
      if let waiting = mailbox.quote, waiting.sequence >= quote.sequence { return }
      mailbox.quote = quote
    }
  }

  /// Takes an order as it stands after a change elsewhere.
  func offer(_ order: Order) { note { $0.orders.append(order) } }

  /// Has the book compared with storage.
  func reload() { note { $0.needsReload = true } }

  private func note(_ change: (inout Mailbox) -> Void) {
    mailbox.withLock { change(&$0) }
    ring.yield()
  }

  // MARK: - Matching

  /// Matches until the task is cancelled.
  ///
  /// - Throws: ``LeaseLost``.
  func run() async throws {
    let floor = try await patiently { try await $0.ledger.lastTradedQuote(of: $0.symbol) }
    var book = WorkingBook(symbol: symbol)
    ring.yield()
    for await _ in bell {
      let news = mailbox.withLock { mailbox in
        defer { mailbox = Mailbox(quote: nil, orders: [], needsReload: false) }
        return mailbox
      }
      if news.needsReload { try await reload(&book) }
      for order in news.orders { book.note(order) }
      if let quote = news.quote, quote.sequence > floor { book.update(quote) }
      try await match(&book)
    }
    try Task.checkCancellation()
  }

  /// Compares the book with storage, and reads what differs: of many orders that rest mostly nothing.
  private func reload(_ book: inout WorkingBook) async throws {
    let working = try await patiently { try await $0.ledger.workingVersions(of: $0.symbol) }
    let news = book.compare(with: working)
    for order in try await patiently({ try await $0.ledger.orders(news) }) { book.note(order) }
  }

  private func match(_ book: inout WorkingBook) async throws {
    // A quote that may be out of date is a price that nobody offers any more.
    while market.currentQuote(of: symbol) != nil {
      let executions = book.match()
      if executions.isEmpty { return }
      for execution in executions {
        let outcome = try await patiently {
          try await $0.booking.book(execution, epoch: $0.epoch)
        }
        switch outcome {
        case .booked(let order): book.noteFill(order)
        case .leaseLost: throw LeaseLost()
        case .repeated: try await correct(execution, &book)
        case .refused(let reason):
          logger.info(
            "fill dropped",
            metadata: [
              "order": "\(execution.orderID)", "execution": "\(execution.venueTradeID)",
              "reason": "\(reason)",
            ])
          try await correct(execution, &book)
        }
      }
    }
  }

  /// Sets the book right about an order whose planned execution was not booked.
  ///
  /// One that has not changed since would be planned and refused for ever, before all others: it is
  /// set aside until the book is compared with storage.
  private func correct(
    _ execution: PaperExecution, _ book: inout WorkingBook
  ) async throws {
    let id = execution.orderID
    guard let order = try await patiently({ try await $0.ledger.order(id) }) else {
      return book.remove(id)
    }
    guard book.has(order) else { return book.correct(order) }
    logger.error("order cannot be filled, and is set aside", metadata: ["order": "\(id)"])
    book.remove(id)
  }

  /// Asks the database until it answers: the lease ends meanwhile if it takes too long.
  private func patiently<Value>(
    _ body: (SymbolMatcher) async throws -> Value
  ) async throws -> Value {
    var backoff = Backoff()
    while true {
      do {
        return try await body(self)
      } catch {
        try Task.checkCancellation()
        logger.warning(
          "the venue cannot reach storage", metadata: ["symbol": "\(symbol)", "error": "\(error)"])
        await backoff.wait()
      }
    }
  }
}

/// Another replica matches at the venue.
struct LeaseLost: Error {}
