import ArgumentParser
import AssetService
import AuthService
import BrokerService
import Events
import ExchangeService
import MarketDataService
import ServiceKit
import TradingService

/// Every service this program holds.
enum ServiceCatalog {
  /// In the order in which they are started: one that is called comes before its callers.
  static let all: [ServiceDefinition] = [
    MarketDataService.definition, AuthService.definition, AssetService.definition,
    ExchangeService.definition, BrokerService.definition, TradingService.definition,
  ]

  /// Every topic that is published to, and the one that takes its dead letters.
  static var topics: [TopicSpecification] {
    all.flatMap(\.topics).flatMap { [$0, $0.deadLetter] }
  }

  /// The services with these names, in the order of ``all``.
  ///
  /// - Throws: `ValidationError` that names those there are.
  static func named(_ names: [String]) throws(ValidationError) -> [ServiceDefinition] {
    let known = all.map(\.name)
    for name in names where !known.contains(name) {
      throw ValidationError(
        "there is no service \"\(name)\": the services are \(known.joined(separator: ", "))")
    }
    return all.filter { names.contains($0.name) }
  }
}
