import BrokerDomain
import Configuration
import Core
import ProcessKit

/// The settings of this service's own; each is `broker.<key>`, in the environment `BROKER_<KEY>`.
struct BrokerConfiguration: Sendable {
  /// The connections that orders may be routed to: `connections`.
  var connections: [ConnectionID]
  /// How long the exchange may take a submission: `submit_window`.
  var submitWindow: Duration
  /// How old a submission is when the resolver asks what became of it: `resolve.age`.
  var resolveAge: Duration
  /// How often the resolver looks: `resolve.interval`.
  var resolveInterval: Duration

  /// The most connections that may be named.
  static let maxConnections = 32

  /// Reads the settings.
  ///
  /// - Throws: every problem there is.
  init(_ reader: ConfigReader, service: String) throws(ConfigurationError) {
    var settings = Settings(reader, service: service)
    connections =
      settings.value(
        "connections",
        rule: "must be 1 to \(Self.maxConnections) different names by commas, each a lower-case "
          + "letter and at most \(ConnectionID.maxLength - 1) such letters, digits and dashes",
        default: [ConnectionID(rawValue: "sim")]
      ) { text in
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let connections = names.compactMap { ConnectionID(name: String($0)) }
        guard connections.count == names.count, names.count <= Self.maxConnections,
          Set(connections).count == names.count
        else { return nil }
        return connections
      } ?? []
    submitWindow = settings.seconds("submit_window", in: 0.05...60, default: .seconds(5))
    resolveAge = settings.seconds("resolve.age", in: 0...600, default: .seconds(1))
    resolveInterval = settings.seconds(
      "resolve.interval", in: 0.05...600, default: .milliseconds(500))
    try settings.finish()
  }
}
