import BrokerDomain
import Core
import Logging
import ProcessKit
import ServiceKit

/// Finds out what became of orders whose answer did not come, and repeats what has been asked and has not come about.
///
/// Every replica looks. That an order is sent again is stored first, from the version that was read: of two that come to it,
/// one sends.
struct Resolver: Sendable {
  let store: OrderStore
  let exchange: Exchange
  let submitting: Submitting
  let logger: Logger
  let crashPoints: CrashPoints
  /// How old a submission is when it is asked what became of it: one that is younger has its own handler.
  let age: Duration
  /// How often to look.
  let interval: Duration

  /// The most orders read at once.
  static let pageSize = 100
  /// The most orders that the exchange is asked about at the same time.
  static let lanes = 8

  /// Looks at once, and then again and again, until the task is cancelled.
  func run() async {
    var last: ClientOrderID?
    while !Task.isCancelled {
      do {
        let orders = try await store.unresolved(
          after: last, sentBefore: store.clock.now - age, limit: Self.pageSize)
        await resolve(orders)
        // All take turns, however many there are: the next page is the one behind this.
        last = orders.count < Self.pageSize ? nil : orders.last?.id
      } catch {
        if Task.isCancelled { return }
        logger.warning("unresolved orders cannot be read", metadata: ["error": "\(error)"])
      }
      try? await Task.sleep(for: interval)
    }
  }

  private func resolve(_ orders: [RoutedOrder]) async {
    let failures = await withTaskGroup(of: [Failure].self) { group in
      for lane in 0..<min(Self.lanes, orders.count) {
        group.addTask {
          var failures: [Failure] = []
          for index in stride(from: lane, to: orders.count, by: Self.lanes) {
            if Task.isCancelled { break }
            if let failure = await failure(of: orders[index]) { failures.append(failure) }
          }
          return failures
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    guard let first = failures.first, !Task.isCancelled else { return }
    // While the exchange is away they all fail, each time: once is enough.
    logger.warning(
      "orders cannot be resolved yet",
      metadata: [
        "orders": "\(failures.count)", "first": "\(first.order)", "error": "\(first.error)",
      ])
  }

  /// An order that could not be resolved, and why.
  private struct Failure: Sendable {
    let order: ClientOrderID
    let error: any Error
  }

  /// Resolves an order; the others need not wait for one that fails.
  private func failure(of order: RoutedOrder) async -> Failure? {
    do {
      try await resolve(order)
      return nil
    } catch {
      return Failure(order: order.id, error: error)
    }
  }

  private func resolve(_ order: RoutedOrder) async throws {
    if order.state != .pendingNew {
      guard let id = order.exchangeOrderID else { return }
      _ = try await exchange.cancel(id, of: order.terms.connectionID)
      return
    }
    let answer = try await exchange.find(order).0
    let now = store.clock.now
    switch ResolvePending.decide(order, answer, window: store.submitWindow, at: now) {
    case .wait, .found, .settled: return
    case .resubmit(let change):
      guard try await store.store(submission: change, of: order) else { return }
      crashPoints.reach(.resolveStored)
      _ = await submitting.send(change.order)
      crashPoints.reach(.resolveSent)
    case .end(let change):
      // What is certain of the version that was read is of no other.
      _ = try await store.end(order) { $0.version == order.version ? change : nil }
    }
  }
}
