import AssetContract
import BrokerContract
import Core
import Events
import Logging
import QuoteFeed
public import ServiceKit
import TradingContract
import TradingDomain

/// What the programs know of this service.
public enum TradingService {
  /// The service, ready to be run.
  public static let definition = ServiceDefinition(
    name: "trading", calls: ["marketdata", "asset", "broker"], migrations: migrations,
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
    Migration("V0011__route_orders", PackageResources.V0011__route_orders_sql),
    .deadLetters(version: 12),
    Migration(
      "V0013__tell_why_exchanges_reject",
      PackageResources.V0013__tell_why_exchanges_reject_sql),
    Migration(
      "V0014__find_pending_orders", PackageResources.V0014__find_pending_orders_sql),
    Migration(
      "V0015__tell_why_amendments_fail",
      PackageResources.V0015__tell_why_amendments_fail_sql),
    Migration(
      "V0016__find_trades_of_orders", PackageResources.V0016__find_trades_of_orders_sql),
  ]

  /// The names of the consumers, to the broker and in the inbox: they never change.
  enum Group {
    static let brokerEvents = "trading-broker-events"
  }

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
    let feed = QuoteFeed(
      environment.channel("marketdata"), logger: logger, instrument: { Instrument($0) },
      quote: { Quote($0) }
    ) { market.take($0) { venue.offer($0) } }
    let funds = Funds(
      client: AssetV1.AssetServiceClient(environment.channel("asset")), logger: logger)
    let broker = Broker(
      client: BrokerV1.BrokerServiceClient(environment.channel("broker")), logger: logger)
    let routing = OrderRouting(
      ledger: ledger, funds: funds, broker: broker, clock: clock, logger: logger,
      crashPoints: environment.crashPoints)
    let opening = OrderOpening(
      ledger: ledger, funds: funds, routing: routing, market: market, venue: venue,
      clock: clock, crashPoints: environment.crashPoints,
      marketWait: configuration.pendingMarketWait)
    let amending = OrderAmending(
      ledger: ledger, outbox: outbox, funds: funds, venue: venue, clock: clock,
      crashPoints: environment.crashPoints)
    let pending = PendingOrders(
      ledger: ledger, opening: opening, amending: amending, clock: clock, logger: logger,
      age: configuration.pendingAge, interval: configuration.pendingInterval)
    let routed = RoutedOrders(
      ledger: ledger, opening: opening, broker: broker, clock: clock, logger: logger,
      age: configuration.pendingAge, interval: configuration.pendingInterval)
    let expiring = ExpiringOrders(
      ledger: ledger, outbox: outbox, funds: funds, venue: venue, clock: clock, logger: logger,
      crashPoints: environment.crashPoints, interval: configuration.expiryInterval)
    let books = BrokerBooks(
      ledger: ledger, outbox: outbox, clock: clock, crashPoints: environment.crashPoints)
    let brokerEvents = EventConsumer(
      BrokerV1.Topics.brokerEvents, group: Group.brokerEvents, connection: environment.kafka,
      database: environment.database, configuration: environment.consuming, clock: clock,
      tracer: environment.tracer, metrics: environment.metrics, logger: logger
    ) { events, transaction in
      let reports = try events.map { event in
        try ReportedOrder(
          event.envelope.event, origin: event.origin, tradeID: TradeID(UUIDv7.make(now: clock.now)))
      }
      try await books.apply(reports, in: transaction)
    }
    let orderEvents = EventBroadcast(
      TradingV1.Topics.orderEvents, connection: environment.kafka,
      history: outbox.history(of: TradingV1.Topics.orderEvents, in: environment.database),
      logger: logger)
    let handlers = TradingHandlers(
      ledger: ledger, outbox: outbox, market: market, venue: venue,
      venueTerms: configuration.venue, routing: configuration.routing, broker: broker, funds: funds,
      opening: opening, amending: amending,
      orderEvents: orderEvents, clock: clock, crashPoints: environment.crashPoints)
    return ServiceParts(
      services: [handlers],
      tasks: [
        BackgroundTask("market feed") { await feed.run() },
        BackgroundTask("paper venue") { await venue.run() },
        BackgroundTask("pending orders") { await pending.run() },
        BackgroundTask("routed orders") { await routed.run() },
        BackgroundTask("expiring orders") { await expiring.run() },
        BackgroundTask("broker events") { await brokerEvents.run() },
        BackgroundTask("order events", endsBeforeCalls: true) { await orderEvents.run() },
      ],
      dependencies: [.database(environment.database)],
      // An order is found again by its operation: see the handler.
      replay: IdempotencyStore(
        environment.database, rerunnable: [TradingV1.TradingServiceMethods.placeOrder],
        logger: logger))
  }
}
