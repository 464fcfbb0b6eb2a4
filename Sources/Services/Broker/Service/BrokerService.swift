import BrokerContract
import BrokerDomain
import Core
import Events
import ExchangeContract
import Logging
public import ServiceKit

/// What the programs know of this service.
public enum BrokerService {
  /// The service, ready to be run.
  public static let definition = ServiceDefinition(
    name: "broker", calls: ["exchange"], migrations: migrations,
    topics: [BrokerV1.Topics.brokerEvents.specification]
  ) { environment in
    let configuration = try BrokerConfiguration(environment.reader, service: environment.name)
    return parts(environment, configuration)
  }

  private static let migrations: [Migration] = [
    .events(version: 1),
    Migration(
      "V0002__create_routed_orders", PackageResources.V0002__create_routed_orders_sql),
    .eventTraces(version: 3),
    .refusedEvents(version: 4),
  ]

  private static func parts(
    _ environment: ServiceEnvironment, _ configuration: BrokerConfiguration
  ) -> ServiceParts {
    let (logger, crashPoints) = (environment.logger, environment.crashPoints)
    let store = OrderStore(
      database: environment.database, outbox: environment.outbox, clock: environment.clock,
      crashPoints: crashPoints, submitWindow: configuration.submitWindow)
    let exchange = Exchange(
      client: ExchangeV1.ExchangeServiceClient(environment.channel("exchange")))
    let submitting = Submitting(exchange: exchange, store: store, logger: logger)
    let resolver = Resolver(
      store: store, exchange: exchange, submitting: submitting, logger: logger,
      crashPoints: crashPoints, age: configuration.resolveAge,
      interval: configuration.resolveInterval)
    let feeds = configuration.connections.map { connection in
      ReportFeed(
        connection: connection, exchange: exchange, store: store, logger: logger,
        crashPoints: crashPoints)
    }
    environment.metrics?.showOrders(of: environment.database, clock: environment.clock)
    let handlers = BrokerHandlers(
      store: store, exchange: exchange, submitting: submitting,
      connections: Set(configuration.connections), logger: logger, crashPoints: crashPoints)
    return ServiceParts(
      services: [handlers],
      tasks: feeds.map { feed in
        BackgroundTask("execution reports of \(feed.connection)") { await feed.run() }
      } + [BackgroundTask("resolver") { await resolver.run() }],
      dependencies: [.database(environment.database)])
  }
}
