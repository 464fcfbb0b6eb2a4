import BrokerDomain
import Core
import ExchangeContract
import Logging
import ServiceKit

/// Sends a submission that is stored, and that nobody else sends.
struct Submitting: Sendable {
  let exchange: Exchange
  let store: OrderStore
  let logger: Logger

  /// The order after it was sent.
  struct Sent: Sendable {
    /// As it is stored.
    let order: RoutedOrder
    /// As the exchange has it; nil when that is not known.
    var exchangeOrder: ExchangeV1.ExchangeOrder?
  }

  /// Sends the latest submission of an order, once.
  ///
  /// An order that the exchange's contract refuses ends here: asking for it would never find it, and sending it again
  /// would never have it taken. Whatever else comes, the resolver and the reports find out.
  func send(_ order: RoutedOrder) async -> Sent {
    switch await exchange.submit(order) {
    case .answered(let exchangeOrder): return Sent(order: order, exchangeOrder: exchangeOrder)
    case .refused(let reason):
      logger.error(
        "the exchange's contract refuses an order",
        metadata: ["order": "\(order.id)", "reason": "\(reason)"])
      return Sent(order: await end(order, refused: reason) ?? order)
    case .unknown(let error):
      logger.warning(
        "it is not known whether the exchange has an order",
        metadata: [
          "order": "\(order.id)", "submission": "\(order.submissions)", "error": "\(error)",
        ])
      return Sent(order: order)
    }
  }

  private func end(_ order: RoutedOrder, refused reason: String) async -> RoutedOrder? {
    let (submission, clock) = (order.submissions, store.clock)
    do {
      return try await store.end(order) { stored in
        RefuseSubmission.decide(stored, submission: submission, reason: reason, at: clock.now)
      }
    } catch {
      // It stays pending: it is sent again when it is certain that it is not there, and refused again.
      logger.warning(
        "a refused order cannot be ended", metadata: ["order": "\(order.id)", "error": "\(error)"])
      return nil
    }
  }
}
