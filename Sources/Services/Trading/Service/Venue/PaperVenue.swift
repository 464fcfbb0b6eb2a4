import Core
import Logging
import ServiceKit
import Synchronization
import TradingDomain

/// The venue that fills orders against the live quotes: at one replica at a time, by lease.
final class PaperVenue: Sendable {
  private let lease: VenueLease
  private let ledger: Ledger
  private let booking: FillBooking
  private let market: Market
  private let pollInterval: Duration
  private let reconcileInterval: Duration
  private let logger: Logger
  private let session = Mutex<VenueSession?>(nil)

  init(
    lease: VenueLease, booking: FillBooking, market: Market, pollInterval: Duration,
    reconcileInterval: Duration, logger: Logger
  ) {
    self.lease = lease
    self.ledger = booking.ledger
    self.booking = booking
    self.market = market
    self.pollInterval = pollInterval
    self.reconcileInterval = reconcileInterval
    self.logger = logger
  }

  /// Whether this replica matches; another one must be told of changes by the inbox.
  var isMatching: Bool { session.withLock { $0 != nil } }

  /// Takes a quote of the market, if this replica matches.
  func offer(_ quote: Quote) { session.withLock(\.self)?.offer(quote) }

  /// Takes an order that was opened or canceled here, if this replica matches; one that is executed elsewhere is nothing to
  /// the venue.
  func offer(_ order: Order) {
    guard order.connectionID == nil else { return }
    session.withLock(\.self)?.offer(order)
  }

  /// Whether the replica that matches is to be told of an order by the inbox.
  func learnsByInbox(_ order: Order) -> Bool { order.connectionID == nil && !isMatching }

  /// Matches whenever the lease can be had, until the task is cancelled.
  func run() async {
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        if let epoch = try await lease.acquire() {
          backoff = Backoff()
          await match(epoch)
        } else {
          // A third of the duration: the one who takes over does so soon after it has run out.
          try await Task.sleep(for: lease.duration / 3)
        }
      } catch {
        if Task.isCancelled { return }
        logger.warning("the venue's lease cannot be had", metadata: ["error": "\(error)"])
        await backoff.wait()
      }
    }
  }

  private func match(_ epoch: Int64) async {
    logger.info("matching at the paper venue", metadata: ["epoch": "\(epoch)"])
    let session = VenueSession(
      epoch: epoch, ledger: ledger, booking: booking, market: market, logger: logger)
    self.session.withLock { $0 = session }
    for quote in market.currentQuotes { session.offer(quote) }
    do {
      try await withThrowingTaskGroup { group in
        group.addTask { try await session.run() }
        group.addTask { try await self.renew(epoch) }
        group.addTask { try await self.poll(session) }
        group.addTask { try await self.reconcile(session) }
        defer { group.cancelAll() }
        try await group.next()
      }
    } catch is CancellationError {
    } catch {
      logger.warning(
        "matching no longer", metadata: ["epoch": "\(epoch)", "reason": "\(error)"])
    }
    self.session.withLock { $0 = nil }
    // Not as part of a task that may be cancelled: another replica need not wait for the expiry.
    let lease = lease
    await Task.detached { try? await lease.release(epoch) }.value
  }

  private func renew(_ epoch: Int64) async throws {
    var heldUntil = ContinuousClock.now + lease.duration
    while true {
      try await Task.sleep(for: lease.duration / 3)
      let asked = ContinuousClock.now
      do {
        guard try await lease.renew(epoch) else { throw LeaseLost() }
        heldUntil = asked + lease.duration
      } catch is LeaseLost {
        throw LeaseLost()
      } catch {
        try Task.checkCancellation()
        guard .now < heldUntil else { throw error }
      }
    }
  }

  /// Learns of the orders that were opened or canceled at other replicas.
  private func poll(_ session: VenueSession) async throws {
    while true {
      do {
        for order in try await ledger.takeVenueInbox(epoch: session.epoch) { session.offer(order) }
      } catch {
        try Task.checkCancellation()
        // What was taken and not read is found by comparing.
        session.reload()
      }
      try await Task.sleep(for: pollInterval)
    }
  }

  /// Finds what nobody has told: an order whose replica died, or had just ceased to match.
  private func reconcile(_ session: VenueSession) async throws {
    while true {
      try await Task.sleep(for: reconcileInterval)
      session.reload()
    }
  }
}
