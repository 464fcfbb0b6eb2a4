import Core
import ExchangeContract
import ExchangeDomain
import QuoteFeed
public import ServiceKit

/// What the programs know of this service.
public enum ExchangeService {
  /// The service, ready to be run.
  public static let definition = ServiceDefinition(
    name: "exchange", calls: ["marketdata"],
    migrations: [
      Migration("V0001__create_orders", PackageResources.V0001__create_orders_sql)
    ],
    topics: [], appendOnlyTables: ["execution_reports"]
  ) { environment in
    let configuration = try ExchangeConfiguration(
      environment.reader, service: environment.name)
    let (clock, logger) = (environment.clock, environment.logger)
    let store = ExchangeStore(
      database: environment.database, clock: clock, crashPoints: environment.crashPoints)
    let market = Market()
    let reports = ReportBell()
    let matching = Matching(
      store: store, market: market, reports: reports, clock: clock,
      crashPoints: environment.crashPoints, reloadInterval: configuration.reload, logger: logger)
    let feed = QuoteFeed(
      environment.channel("marketdata"), logger: logger, instrument: { Instrument($0) },
      quote: { Quote($0) }
    ) { market.take($0) { matching.offer($0) } }
    let handlers = ExchangeHandlers(
      store: store, market: market, matching: matching, reports: reports,
      reportPoll: configuration.reportPoll, clock: clock,
      crashPoints: environment.crashPoints, logger: logger)
    return ServiceParts(
      services: [handlers],
      tasks: [
        BackgroundTask("market feed") { await feed.run() },
        BackgroundTask("matching") { await matching.run() },
        BackgroundTask("execution reports", endsBeforeCalls: true) { await reports.run() },
      ],
      dependencies: [.database(environment.database)])
  }
}
