import Core
import Logging
import Postgres
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// Places an order, as a saga of two transactions: it is stored as pending, then opened.
  ///
  /// What happens after the first no longer fails the call: the order is accepted, and the resumer
  /// opens it if this call does not.
  func placeOrder(
    _ request: TradingV1.PlaceOrderRequest, context: ServerContext
  ) async throws -> TradingV1.Order {
    let account = try context.accountID
    let id = OrderID(UUIDv7.make(now: clock.now))
    // Under an idempotency key an order without a name has the operation's: placing it again finds it.
    let clientOrderID =
      request.clientOrderID.isEmpty ? context.operationID ?? id.rawValue : request.clientOrderID
    let place = PlaceOrder(request, clientOrderID: clientOrderID)
    let instruments = market.instruments
    guard !instruments.isEmpty else { throw RPCError.instrumentsUnknown }
    try place.validate(among: instruments)
    let placement: Placement
    do {
      placement = try await store(place, as: id, for: account, among: instruments)
    } catch let error as PostgresError where error.outcomeUnknown {
      throw error.unknownOutcome(
        howToFindOut: "place it again under client_order_id \"\(clientOrderID)\", which places no "
          + "second order", metadata: ["client_order_id": clientOrderID])
    }
    switch placement {
    case .repeated(let order) where order.state != .pendingNew: return TradingV1.Order(order)
    case .repeated(let order):
      let opened = try? await opening.open(order)
      return TradingV1.Order(opened ?? order)
    case .placed(let change):
      crashPoints.reach(.placeOrderPendingStored)
      let opened = try? await opening.open(change.order)
      return TradingV1.Order(opened ?? change.order)
    }
  }

  /// What a request to place an order comes to.
  enum Placement {
    case placed(Change)
    /// The same request was accepted before.
    case repeated(Order)
  }

  private func store(
    _ place: PlaceOrder, as id: OrderID, for account: AccountID,
    among instruments: [Symbol: Instrument]
  ) async throws -> Placement {
    let placing = LedgerOperation(
      subject: .placing(ClientOrderID(rawValue: place.clientOrderID)),
      symbol: Symbol(rawValue: place.symbol),
      decide: { [self] account, namesake in
        let desk = Ledger.Desk(account: account, namesake: namesake)
        switch try decide(place, at: desk, as: id, among: instruments) {
        case .placed(let change): return change
        case .repeated: return nil
        }
      }, tellsVenue: { _ in false }, crashPoint: .placeOrderBeforePending)
    let outcome = try await ledger.perform(placing, for: account)
    if let change = outcome.change { return .placed(change) }
    guard let namesake = outcome.order else {
      throw RPCError(.internal, "an order was neither placed nor found")
    }
    return .repeated(namesake)
  }

  /// What a request comes to before anything is stored; ``validateOrder(_:context:)`` asks the same.
  func decide(
    _ place: PlaceOrder, at desk: Ledger.Desk, as id: OrderID,
    among instruments: [Symbol: Instrument]
  ) throws -> Placement {
    if let namesake = desk.namesake {
      guard place.isRequest(for: namesake) else { throw clientOrderIDTaken(by: namesake) }
      return .repeated(namesake)
    }
    let change = try place.decide(
      for: desk.account, among: instruments,
      quote: market.latestQuote(of: Symbol(rawValue: place.symbol)), venue: venueTerms,
      routing: routing, id: id, at: clock.now)
    return .placed(change)
  }

  private func clientOrderIDTaken(by order: Order) -> RPCError {
    RPCError(
      .alreadyExists, .clientOrderIDTaken,
      "client_order_id \"\(order.clientOrderID)\" names another order of yours",
      metadata: ["client_order_id": order.clientOrderID.rawValue, "order_id": order.id.rawValue])
  }
}
