import AssetContract
import Core
import Events
import Logging
import MarketDataContract
public import ServiceKit
import TradingContract
import TradingDomain

/// What the programs know of this service.
public enum TradingService {
  /// The service, ready to be run.
  public static let definition = ServiceDefinition(
    name: "trading", calls: ["marketdata", "asset"], migrations: migrations,
    topics: [
      TradingV1.Topics.orderEvents.specification,
      TradingV1.Topics.orderStatusUpdates.specification,
      TradingV1.Topics.tradeExecutions.specification,
    ]
  ) { environment in
    let configuration = try TradingConfiguration(environment.reader, service: environment.name)
    return parts(environment, configuration)
  }

  private static let migrations: [Migration] = [
    .events(version: 1),
    Migration("V0002__create_orders", PackageResources.V0002__create_orders_sql),
    Migration("V0003__create_venue", PackageResources.V0003__create_venue_sql),
    .eventTraces(version: 4),
    Migration("V0005__amend_orders", PackageResources.V0005__amend_orders_sql),
    .idempotency(version: 6),
    .refusedEvents(version: 7),
    Migration(
      "V0008__expire_unfunded_orders", PackageResources.V0008__expire_unfunded_orders_sql),
    Migration(
      "V0009__group_changes_of_accounts", PackageResources.V0009__group_changes_of_accounts_sql),
    Migration(
      "V0010__find_trades_by_time", PackageResources.V0010__find_trades_by_time_sql),
  ]

  private static func parts(
    _ environment: ServiceEnvironment, _ configuration: TradingConfiguration
  ) -> ServiceParts {
    let (clock, logger, outbox) = (environment.clock, environment.logger, environment.outbox)
    let ledger = Ledger(
      database: environment.database, defaultLimits: configuration.limits, outbox: outbox,
      crashPoints: environment.crashPoints)
    let market = Market()
    let venue = PaperVenue(
      lease: VenueLease(
        database: environment.database, holder: UUIDv7.make(now: clock.now).description,
        duration: configuration.leaseDuration),
      booking: FillBooking(
        ledger: ledger, outbox: outbox, clock: clock, crashPoints: environment.crashPoints),
      market: market, pollInterval: configuration.pollInterval,
      reconcileInterval: configuration.reconcileInterval, logger: logger)
    let feed = MarketFeed(
      client: MarketDataV1.MarketDataServiceClient(environment.channel("marketdata")),
      market: market, logger: logger
    ) { venue.offer($0) }
    let funds = Funds(
      client: AssetV1.AssetServiceClient(environment.channel("asset")), logger: logger)
    let opening = OrderOpening(
      ledger: ledger, outbox: outbox, funds: funds, market: market, venue: venue, clock: clock,
      crashPoints: environment.crashPoints)
    let amending = OrderAmending(
      ledger: ledger, outbox: outbox, funds: funds, venue: venue, clock: clock,
      crashPoints: environment.crashPoints)
    let pending = PendingOrders(
      ledger: ledger, opening: opening, amending: amending, market: market, clock: clock,
      logger: logger, age: configuration.pendingAge, interval: configuration.pendingInterval,
      marketWait: configuration.pendingMarketWait)
    let expiring = ExpiringOrders(
      ledger: ledger, outbox: outbox, funds: funds, venue: venue, clock: clock, logger: logger,
      crashPoints: environment.crashPoints, interval: configuration.expiryInterval)
    let orderEvents = EventBroadcast(
      TradingV1.Topics.orderEvents, connection: environment.kafka,
      history: outbox.history(of: TradingV1.Topics.orderEvents, in: environment.database),
      logger: logger)
    let handlers = TradingHandlers(
      ledger: ledger, outbox: outbox, market: market, venue: venue,
      venueTerms: configuration.venue, funds: funds, opening: opening, amending: amending,
      orderEvents: orderEvents, clock: clock, crashPoints: environment.crashPoints)
    return ServiceParts(
      services: [handlers],
      tasks: [
        BackgroundTask("market feed") { await feed.run() },
        BackgroundTask("paper venue") { await venue.run() },
        BackgroundTask("pending orders") { await pending.run() },
        BackgroundTask("expiring orders") { await expiring.run() },
        BackgroundTask("order events", endsBeforeCalls: true) { await orderEvents.run() },
      ],
      dependencies: [.database(environment.database)],
      // An order is found again by its operation: see the handler.
      replay: IdempotencyStore(
        environment.database, rerunnable: [TradingV1.TradingServiceMethods.placeOrder],
        logger: logger))
  }
}
