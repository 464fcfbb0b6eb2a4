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
  /// What is executed elsewhere, and by whom: `routing.symbols`, `routing.connection`; nil when nothing is.
  var routing: Routing?
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
      // All of them are one message, the snapshot of `WatchOrders`: more may be larger than the mesh takes.
      maxWorkingOrders: Int64(
        settings.integer("risk.max_working_orders", in: 0...10_000, default: 10_000)),
      maxPositions: settings.positions("risk.max_positions"))
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
    routing = settings.routing()
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
  /// What is executed elsewhere; nil when nothing is.
  fileprivate mutating func routing() -> Routing? {
    let symbols: Set<Symbol>? = value(
      "routing.symbols", rule: "must be symbols such as AAPL, by commas", default: []
    ) { text in
      // A deployment says so that it routes nothing.
      guard !text.isEmpty else { return [] }
      let names = text.split(separator: ",", omittingEmptySubsequences: false)
      let symbols = names.compactMap { Symbol(text: String($0)) }
      return symbols.count == names.count ? Set(symbols) : nil
    }
    let longest = ConnectionID.maxLength
    let connection = value(
      "routing.connection",
      rule: "must be a lower-case letter, and letters, digits and hyphens, at most \(longest)",
      // The simulated exchange.
      default: ConnectionID(rawValue: "sim")
    ) { text in ConnectionID(text) }
    guard let symbols, let connection, !symbols.isEmpty else { return nil }
    return Routing(symbols: symbols, connection: connection)
  }

  /// Limits by symbol, such as `AAPL=5000,FB=100`.
  fileprivate mutating func positions(_ key: String) -> [Symbol: Decimal] {
    value(
      key, rule: "must be symbols with decimal numbers, 0 or more, such as AAPL=5000,FB=100",
      default: [:]
    ) { text in
      var positions: [Symbol: Decimal] = [:]
      // A deployment says so that it has none.
      guard !text.isEmpty else { return positions }
      for entry in text.split(separator: ",", omittingEmptySubsequences: false) {
        let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let symbol = Symbol(text: String(parts[0])),
          let most = try? Decimal(String(parts[1])), !most.isNegative,
          positions.updateValue(most, forKey: symbol) == nil
        else { return nil }
      }
      return positions
    } ?? [:]
  }

  fileprivate mutating func amount(_ key: String, default fallback: Decimal) -> Decimal {
    value(key, rule: "must be a decimal number, 0 or more", default: fallback) { text in
      guard let amount = try? Decimal(text), !amount.isNegative else { return nil }
      return amount
    } ?? .zero
  }
}

extension Symbol {
  /// The longest symbol, in characters.
  private static let maxLength = 12

  /// Reads a symbol as the contract has them; nil unless it has 1 to 12 upper-case letters, digits, dots and hyphens.
  fileprivate init?(text: String) {
    guard (1...Self.maxLength).contains(text.utf8.count) else { return nil }
    let isSymbol = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isSymbol else { return nil }
    self.init(rawValue: text)
  }
}
