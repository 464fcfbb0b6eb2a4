public import Core
internal import NIOHTTP1
internal import Protobuf
public import TradingContract

extension PlatformClient {
  /// Places an order.
  public func place(_ order: TradingV1.PlaceOrderRequest) async throws -> TradingV1.Order {
    try await send(.POST, "/api/orders", body: order, as: TradingV1.Order.self)
  }

  /// Changes an order's terms; what is nil stays.
  public func amend(
    orderID: String, quantity: Decimal? = nil, limitPrice: Decimal? = nil
  ) async throws -> TradingV1.Order {
    let request = TradingV1.AmendOrderRequest.with {
      $0.orderID = orderID
      $0.quantity = quantity
      $0.limitPrice = limitPrice
    }
    return try await send(
      .PUT, "/api/orders/\(Self.escaped(orderID))", body: request, as: TradingV1.Order.self)
  }

  /// Withdraws an order.
  public func cancel(orderID: String) async throws -> TradingV1.Order {
    try await send(.DELETE, "/api/orders/\(Self.escaped(orderID))", as: TradingV1.Order.self)
  }

  /// One order of the user.
  public func order(id: String) async throws -> TradingV1.Order {
    try await send(.GET, "/api/orders/\(Self.escaped(id))", as: TradingV1.Order.self)
  }

  /// All orders of the user, newest first, read page by page.
  public func orders(symbol: String = "", pageSize: Int = 500) async throws -> [TradingV1.Order] {
    try await pages(
      "/api/orders", [("symbol", symbol)], pageSize: pageSize,
      as: TradingV1.ListOrdersResponse.self, items: \.orders, next: \.nextPageToken)
  }

  /// All trades of the user, newest first, read page by page.
  public func trades(
    symbol: String = "", orderID: String = "", pageSize: Int = 500
  ) async throws -> [TradingV1.Trade] {
    try await pages(
      "/api/trades", [("symbol", symbol), ("order_id", orderID)], pageSize: pageSize,
      as: TradingV1.ListTradesResponse.self, items: \.trades, next: \.nextPageToken)
  }

  /// All positions of the user, by symbol, read page by page.
  public func positions(pageSize: Int = 500) async throws -> [TradingV1.Position] {
    try await pages(
      "/api/positions", [], pageSize: pageSize, as: TradingV1.ListPositionsResponse.self,
      items: \.positions, next: \.nextPageToken)
  }
}

extension TradingV1.PlaceOrderRequest {
  /// An order at the market's price.
  public static func market(
    _ side: TradingV1.OrderSide, _ quantity: Decimal, of symbol: String, clientOrderID: String = ""
  ) -> Self {
    .with {
      $0.clientOrderID = clientOrderID
      $0.symbol = symbol
      $0.side = side
      $0.type = .market
      $0.quantity = quantity
    }
  }

  /// An order at a price or better.
  public static func limit(
    _ side: TradingV1.OrderSide, _ quantity: Decimal, of symbol: String, at price: Decimal,
    clientOrderID: String = ""
  ) -> Self {
    .with {
      $0.clientOrderID = clientOrderID
      $0.symbol = symbol
      $0.side = side
      $0.type = .limit
      $0.quantity = quantity
      $0.limitPrice = price
    }
  }
}
