import AssetContract
import Core
import RPC
import TradingContract
import TradingDomain

extension TradingHandlers {
  /// Says what placing an order would answer now, and stores nothing.
  func validateOrder(
    _ request: TradingV1.ValidateOrderRequest, context: ServerContext
  ) async throws -> TradingV1.ValidateOrderResponse {
    let account = try context.accountID
    let id = OrderID(UUIDv7.make(now: clock.now))
    let clientOrderID = request.clientOrderID.isEmpty ? id.rawValue : request.clientOrderID
    let place = PlaceOrder(request, clientOrderID: clientOrderID)
    let instruments = market.instruments
    guard !instruments.isEmpty else { throw RPCError.instrumentsUnknown }
    try place.validate(among: instruments)
    let desk = try await ledger.desk(
      of: account, placing: ClientOrderID(rawValue: clientOrderID),
      of: Symbol(rawValue: place.symbol))
    switch try decide(place, at: desk, as: id, among: instruments) {
    case .repeated(let order): return TradingV1.ValidateOrderResponse(order)
    case .placed(let change): return await verdict(on: change)
    }
  }

  /// What would follow once the order is stored, as ``OrderOpening`` does it.
  private func verdict(on change: Change) async -> TradingV1.ValidateOrderResponse {
    let (order, account) = (change.order, change.account)
    var response = TradingV1.ValidateOrderResponse(order)
    let hasMarket = order.type == .limit || market.currentQuote(of: order.symbol) != nil
    var shortage: FundsShortage?
    if hasMarket {
      // Nobody can say while the wallets cannot be read: placed now, the order would stay pending.
      guard let wallets = try? await funds.wallets() else { return response }
      let wallet = wallets.first { $0.asset == order.giveAsset.rawValue }
      let available = wallet?.available ?? .zero
      if available < order.reservationTotal {
        shortage = FundsShortage(
          asset: order.giveAsset, requested: order.reservationTotal, available: available)
      }
    }
    guard
      let opened = try? OpenOrder.decide(
        order, of: account, hasMarket: hasMarket, shortage: shortage, at: clock.now)
    else { return response }
    response.status = TradingV1.OrderStatus(opened.order.state)
    response.rejectReason = opened.order.rejectReason?.rawValue ?? ""
    response.fundsShortage = opened.order.shortage.map { TradingV1.FundsShortage($0) }
    return response
  }
}

extension TradingV1.ValidateOrderResponse {
  /// How an order stands.
  fileprivate init(_ order: Order) {
    self.init()
    status = TradingV1.OrderStatus(order.state)
    rejectReason = order.rejectReason?.rawValue ?? ""
    fundsShortage = order.shortage.map { TradingV1.FundsShortage($0) }
    giveAsset = order.giveAsset.rawValue
    giveAmount = order.reservationTotal
    protectionPrice = order.protectionPrice?.value
  }
}
