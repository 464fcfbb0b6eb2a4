public import ServiceKit

/// What the programs know of this service.
public enum MarketDataService {
  /// The service, ready to be run.
  public static let definition = ServiceDefinition(
    name: "marketdata", migrations: [.events(version: 1)], topics: []
  ) { _ in ServiceParts(services: []) }
}
