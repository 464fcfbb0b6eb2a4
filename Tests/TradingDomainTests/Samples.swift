import Core
import TestSupport
import TradingDomain

/// Short words for the values that tests of this module are about.
enum Make {
  static let account = AccountID(rawValue: "account-1")
  static let symbol = Symbol(rawValue: "AAPL")
  static let connection = ConnectionID(rawValue: "sim")
  static let now = Instant(microseconds: 1_700_000_000_000_000)

  static func decimal(_ text: String) throws -> Decimal { try Decimal(text) }
  static func price(_ text: String) throws -> Price { try Price(try Decimal(text)) }
  static func quantity(_ text: String) throws -> Quantity { try Quantity(try Decimal(text)) }

  static func instrument(
    _ symbol: Symbol = symbol, tick: String = "0.01", lot: String = "1"
  ) throws -> Instrument {
    guard
      let instrument = Instrument(
        symbol: symbol, priceIncrement: try Decimal(tick), lotSize: try Decimal(lot),
        quoteAsset: Asset(rawValue: "USD"))
    else { throw SampleError.invalid }
    return instrument
  }

  static func limits(
    order: String = "1000000", position: String = "10000", open: String = "2000000",
    working: Int64 = 1_000_000, symbols: [Symbol: Decimal] = [:]
  ) throws -> RiskLimits {
    guard
      let limits = RiskLimits(
        maxOrderNotional: try Decimal(order), maxPosition: try Decimal(position),
        maxOpenNotional: try Decimal(open), maxWorkingOrders: working,
        maxPositions: symbols)
    else { throw SampleError.invalid }
    return limits
  }

  /// One basis point, rounded up to four digits; a twentieth around the quote; a minute.
  static func venue(
    rate: String = "0.0001", scale: Int = 4, collar: String = "0.05"
  ) throws -> VenueTerms {
    guard let fees = FeeSchedule(rate: try Decimal(rate), scale: scale),
      let venue = VenueTerms(
        fees: fees, marketCollar: try Decimal(collar), marketLifetime: .seconds(60))
    else { throw SampleError.invalid }
    return venue
  }

  static func account(_ limits: RiskLimits? = nil) throws -> Account {
    Account(id: account, limits: try limits ?? self.limits())
  }

  static func quote(
    _ sequence: Int64, bid: String, _ bidSize: String, ask: String, _ askSize: String
  ) throws -> Quote {
    Quote(
      symbol: symbol, sequence: sequence, bidPrice: try price(bid), bidSize: try Decimal(bidSize),
      askPrice: try price(ask), askSize: try Decimal(askSize), publishedAt: now)
  }

  static func place(
    _ side: OrderSide, _ quantity: String, at limit: String? = nil, client: String = "c-1"
  ) throws -> PlaceOrder {
    PlaceOrder(
      clientOrderID: client, symbol: symbol.rawValue, side: side,
      type: limit == nil ? .market : .limit, quantity: try Decimal(quantity),
      limitPrice: try limit.map { try Decimal($0) })
  }

  /// An order as storage would give it back.
  static func order(
    _ side: OrderSide, _ quantity: String, at limit: String? = nil, state: OrderState = .open,
    filled: String = "0", filledNotional: String = "0", id: String = "order-1",
    protection: String? = nil, fees: FeeSchedule = .free, charged: String = "0",
    reserved: String = "0", amendment: OrderTerms? = nil, connection: ConnectionID? = nil,
    isRouted: Bool = true
  ) throws -> Order {
    let terms = OrderTerms(
      quantity: try self.quantity(quantity), limitPrice: try limit.map { try price($0) })
    return Order(
      id: OrderID(rawValue: id), accountID: account, clientOrderID: ClientOrderID(rawValue: "c-1"),
      symbol: symbol, quoteAsset: Asset(rawValue: "USD"), side: side, placedTerms: terms,
      connectionID: connection, fees: fees, protectionPrice: try protection.map { try price($0) },
      expiresAt: limit == nil ? now + .seconds(60) : nil, createdAt: now,
      routedAt: connection != nil && isRouted ? now : nil, terms: terms,
      reservedPrice: try price(limit ?? "100"), amendment: amendment, state: state,
      filledQuantity: try Decimal(filled), filledNotional: try Decimal(filledNotional),
      feesCharged: try Decimal(charged), reservationTotal: try Decimal(reserved),
      rejectReason: nil, rejectDetail: nil, shortage: nil, version: 2, updatedAt: now)
  }

  /// An account in which exactly `order` works.
  static func account(with order: Order, _ limits: RiskLimits? = nil) throws -> Account {
    let reserved = order.reservedQuantity
    return Account(
      id: account, version: 2, orderEventSequence: 1, tradeSequence: 0,
      limits: try limits ?? self.limits(),
      openNotional: try order.reservedNotional(), workingOrders: order.isWorking ? 1 : 0,
      holdings: [
        order.symbol: Account.Holding(
          position: .none, openBuyQuantity: order.side == .buy ? reserved : .zero,
          openSellQuantity: order.side == .sell ? reserved : .zero)
      ])
  }
}

enum SampleError: Error { case invalid }
