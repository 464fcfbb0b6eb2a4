import AssetContract
import AssetDomain
import Core
import Events
import Logging
public import ServiceKit
import TradingContract

/// What the programs know of this service.
public enum AssetService {
  /// The service, ready to be run.
  public static let definition = ServiceDefinition(
    name: "asset", migrations: migrations,
    topics: [
      AssetV1.Topics.walletEvents.specification, AssetV1.Topics.tradeConfirmations.specification,
    ],
    appendOnlyTables: ["ledger_transactions", "postings", "settlements", "deposits"]
  ) { environment in
    let configuration = try AssetConfiguration(environment.reader, service: environment.name)
    return parts(environment, configuration)
  }

  private static let migrations: [Migration] = [
    .events(version: 1),
    Migration("V0002__create_ledger", PackageResources.V0002__create_ledger_sql),
    .eventTraces(version: 3),
    .deadLetters(version: 4),
    .idempotency(version: 5),
    .refusedEvents(version: 6),
    Migration("V0007__balance_by_statement", PackageResources.V0007__balance_by_statement_sql),
  ]

  /// The names of the consumers, to the broker and in the inbox: they never change.
  enum Group {
    static let orderEvents = "asset-order-events"
    static let tradeExecutions = "asset-trade-executions"
  }

  private static func parts(
    _ environment: ServiceEnvironment, _ configuration: AssetConfiguration
  ) -> ServiceParts {
    let outbox = environment.outbox
    let funds = FundsStore(
      database: environment.database, outbox: outbox, clock: environment.clock,
      crashPoints: environment.crashPoints)
    let walletEvents = EventBroadcast(
      AssetV1.Topics.walletEvents, connection: environment.kafka,
      history: outbox.history(of: AssetV1.Topics.walletEvents, in: environment.database),
      logger: environment.logger)
    let consuming = environment.consuming
    let orders = EventConsumer(
      TradingV1.Topics.orderEvents, group: Group.orderEvents, connection: environment.kafka,
      database: environment.database, configuration: consuming, clock: environment.clock,
      tracer: environment.tracer, metrics: environment.metrics, logger: environment.logger
    ) { events, transaction in
      try await funds.apply(events, in: transaction)
    }
    let trades = EventConsumer(
      TradingV1.Topics.tradeExecutions, group: Group.tradeExecutions,
      connection: environment.kafka, database: environment.database, configuration: consuming,
      clock: environment.clock, tracer: environment.tracer, metrics: environment.metrics,
      logger: environment.logger
    ) { events, transaction in
      try await funds.apply(events, in: transaction)
    }
    let handlers = AssetHandlers(
      funds: funds, walletEvents: walletEvents, listed: configuration.listed)
    return ServiceParts(
      services: [handlers],
      tasks: [
        BackgroundTask("order events") { await orders.run() },
        BackgroundTask("trade executions") { await trades.run() },
        BackgroundTask("wallet events", endsBeforeCalls: true) { await walletEvents.run() },
      ],
      dependencies: [.database(environment.database)],
      // A deposit is found again by its reference.
      replay: IdempotencyStore(
        environment.database, rerunnable: [AssetV1.AssetServiceMethods.createDeposit],
        logger: environment.logger))
  }
}
