import Core
import Events
import RPC
import ServiceKit
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// The caller's orders as they change: a snapshot, then every later event once, in order.
  func watchOrders(
    _ request: TradingV1.WatchOrdersRequest, responses: RPCWriter<TradingV1.OrderUpdate>,
    context: ServerContext
  ) async throws {
    let account = try context.accountID
    // Before the snapshot: what happens while it is read is in one or the other, never in neither.
    let subscription = orderEvents.subscribe(to: account.rawValue)
    let (orders, sequence) = try await ledger.workingOrders(of: account)
    var snapshot = TradingV1.OrderSnapshot()
    snapshot.orders = orders.map { TradingV1.Order($0) }
    try await responses.write(update(sequence, .snapshot(snapshot)))
    for try await envelope in subscription.events(after: sequence) {
      guard let order = envelope.event.order else { continue }
      try await responses.write(update(envelope.event.sequence, .order(order)))
    }
    try Task.checkCancellation()
    throw RPCError.streamStopping
  }

  private func update(
    _ sequence: Int64, _ change: TradingV1.OrderUpdate.Change
  ) -> TradingV1.OrderUpdate {
    var update = TradingV1.OrderUpdate()
    update.sequence = sequence
    update.change = change
    return update
  }
}
