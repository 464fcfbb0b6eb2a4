public import ServiceKit

/// What the programs know of this service.
public enum TradingService {
  /// The service, ready to be run.
  public static let definition = ServiceDefinition(
    name: "trading", migrations: [.events(version: 1)], topics: []
  ) { _ in ServiceParts(services: []) }
}
