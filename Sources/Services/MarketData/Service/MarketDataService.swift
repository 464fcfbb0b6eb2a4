import Core
import Events
import MarketDataContract
import MarketDataDomain
public import ServiceKit

/// What the programs know of this service.
public enum MarketDataService {
  /// The service, ready to be run.
  public static let definition = ServiceDefinition(
    name: "marketdata",
    migrations: [
      .events(version: 1),
      Migration(
        "V0002__create_ticks_and_candles", PackageResources.V0002__create_ticks_and_candles_sql),
      .eventTraces(version: 3),
      .refusedEvents(version: 4),
    ],
    topics: [MarketDataV1.Topics.marketDataFeed.specification]
  ) { environment in
    let settings = try MarketDataSettings(environment.reader, service: environment.name)
    let plan = try MarketPlan(settings)
    let replays = ReplayStore(database: environment.database)
    let ticks = TickStore(database: environment.database)
    let candles = CandleStore(database: environment.database)
    try await replays.prepare(plan)
    let instruments = Instruments(plan.replay.instruments)
    let hub = QuoteHub(latest: try await ticks.latest(of: instruments.symbols))
    let feed = FeedPublisher(
      publisher: EventPublisher(
        service: environment.name, connection: environment.kafka, clock: environment.clock,
        deliveryTimeout: FeedPublisher.deliveryTimeout),
      service: environment.name, ticks: ticks, logger: environment.logger)
    let loop = ReplayLoop(
      plan: plan, speed: settings.speed, leaseLength: settings.leaseLength,
      holder: UUIDv7.make(now: environment.clock.now).description, replays: replays, ticks: ticks,
      candles: candles, hub: hub, feed: feed, environment: environment)
    let retention = Retention(
      settings: settings, ticks: ticks, candles: candles, hub: hub, logger: environment.logger)
    return ServiceParts(
      services: [
        MarketDataHandlers(instruments: instruments, hub: hub, ticks: ticks, candles: candles)
      ],
      tasks: [
        BackgroundTask("replay", endsBeforeCalls: true) { try await loop.run() },
        BackgroundTask("market data feed") { await feed.run() },
        BackgroundTask("retention") { await retention.run() },
      ],
      dependencies: [.database(environment.database)])
  }
}
