public import Logging

/// What every client needs to reach the brokers.
public struct KafkaConnection: Sendable {
  /// Where the brokers are.
  public var brokers: KafkaBrokers
  /// The name the brokers log for this client.
  public var clientID: String
  /// More properties of librdkafka, such as `security.protocol` and `sasl.*`.
  public var properties: [String: String]
  /// Receives librdkafka's log.
  public var logger: Logger

  /// A way to the brokers.
  public init(
    brokers: KafkaBrokers, clientID: String, properties: [String: String] = [:],
    logger: Logger = Logger(label: "kafka")
  ) {
    self.brokers = brokers
    self.clientID = clientID
    self.properties = properties
    self.logger = logger
  }

  /// The properties of every client at these brokers; the caller's own come last.
  func commonProperties(address: String) -> [(String, String)] {
    [
      ("bootstrap.servers", address),
      ("client.id", clientID),
      // A broker that comes back is found within a second, not ten.
      ("reconnect.backoff.ms", "50"),
      ("reconnect.backoff.max.ms", "1000"),
      // Brokers close idle connections; that is no news.
      ("log.connection.close", "false"),
      ("socket.keepalive.enable", "true"),
      ("socket.nagle.disable", "true"),
    ] + properties.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  static func isSecret(_ property: String) -> Bool {
    ["password", "secret", "key.pem", "jaas", "token"].contains { property.contains($0) }
  }
}
