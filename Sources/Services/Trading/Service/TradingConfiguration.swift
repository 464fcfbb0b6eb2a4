import Configuration
import Core
import ProcessKit
import TradingDomain

/// The settings of this service's own; each is `trading.<key>`, in the environment `TRADING_<KEY>`.
struct TradingConfiguration: Sendable {
  /// What an account may have at risk, unless its row says otherwise: `risk.max_order_notional`,
  /// `risk.max_position`, `risk.max_open_notional`, `risk.max_working_orders`.
  var limits: RiskLimits
  /// What the paper venue charges, and how it takes MARKET orders: `venue.fee_rate`,
  /// `venue.fee_scale`, `venue.market_collar`, `venue.market_lifetime`.
  var venue: VenueTerms
  /// How long a replica matches without renewing its lease: `venue.lease`.
  var leaseDuration: Duration
  /// How often the matching replica asks for orders placed at others: `venue.poll`.
  var pollInterval: Duration
  /// How often the matching replica compares its books with storage: `venue.reconcile`.
  var reconcileInterval: Duration
  /// How old an order in PENDING_NEW is when the resumer takes it up: `pending.age`.
  var pendingAge: Duration
  /// How often the resumer looks: `pending.interval`.
  var pendingInterval: Duration
  /// How old a MARKET order is when the resumer refuses it for want of a quote:
  /// `pending.market_wait`.
  var pendingMarketWait: Duration
  /// How often orders are looked for whose time is over: `expiry.interval`.
  var expiryInterval: Duration

  /// Reads the settings.
  ///
  /// - Throws: every problem there is.
  init(_ reader: ConfigReader, service: String) throws(ConfigurationError) {
    var settings = Settings(reader, service: service)
    let limits = RiskLimits(
      maxOrderNotional: settings.amount("risk.max_order_notional", default: 1_000_000),
      maxPosition: settings.amount("risk.max_position", default: 10_000),
      maxOpenNotional: settings.amount("risk.max_open_notional", default: 5_000_000),
      maxWorkingOrders: Int64(
        settings.integer("risk.max_working_orders", in: 0...1_000_000, default: 10_000)))
    let scale = settings.integer("venue.fee_scale", in: 0...Decimal.fractionDigits, default: 4)
    let rate = settings.value(
      "venue.fee_rate", rule: "must be a decimal number, 0 to 1",
      default: Self.defaultFeeRate
    ) { text in
      guard let rate = try? Decimal(text), FeeSchedule(rate: rate, scale: 0) != nil else {
        return nil
      }
      return rate
    }
    let collar = settings.value(
      "venue.market_collar", rule: "must be a decimal number, 0 or more and less than 1",
      default: Self.defaultMarketCollar
    ) { text in
      guard let collar = try? Decimal(text), !collar.isNegative, collar < .one else { return nil }
      return collar
    }
    let lifetime = settings.seconds(
      "venue.market_lifetime", in: 0.05...86_400, default: .seconds(60))
    leaseDuration = settings.seconds("venue.lease", in: 0.1...3600, default: .seconds(3))
    pollInterval = settings.seconds("venue.poll", in: 0.005...10, default: .milliseconds(50))
    reconcileInterval = settings.seconds("venue.reconcile", in: 0.1...600, default: .seconds(5))
    pendingAge = settings.seconds("pending.age", in: 0...600, default: .seconds(2))
    pendingInterval = settings.seconds("pending.interval", in: 0.05...600, default: .seconds(1))
    pendingMarketWait = settings.seconds("pending.market_wait", in: 0...600, default: .seconds(10))
    expiryInterval = settings.seconds("expiry.interval", in: 0.05...600, default: .seconds(1))
    try settings.finish()
    guard let limits, let fees = FeeSchedule(rate: rate ?? .zero, scale: scale),
      let venue = VenueTerms(
        fees: fees, marketCollar: collar ?? .zero, marketLifetime: lifetime)
    else {
      preconditionFailure("the settings' rules admit only what is valid")
    }
    self.limits = limits
    self.venue = venue
  }

  /// One basis point.
  private static let defaultFeeRate = Decimal(unscaled: 1, scale: 4) ?? .zero
  /// A twentieth.
  private static let defaultMarketCollar = Decimal(unscaled: 5, scale: 2) ?? .zero
}

extension Settings {
  fileprivate mutating func amount(_ key: String, default fallback: Decimal) -> Decimal {
    value(key, rule: "must be a decimal number, 0 or more", default: fallback) { text in
      guard let amount = try? Decimal(text), !amount.isNegative else { return nil }
      return amount
    } ?? .zero
  }
}
