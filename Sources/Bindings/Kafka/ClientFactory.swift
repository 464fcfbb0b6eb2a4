internal import CRDKafka

/// Makes an `rd_kafka_t`, handing over configuration and callbacks.
struct ClientFactory {
  /// A new client.
  ///
  /// The caller owns it, and the reference to `events` that it holds.
  static func make(
    _ type: rd_kafka_type_t, configuration: consuming ClientConfiguration, events: ClientEvents
  ) throws(KafkaError) -> OpaquePointer {
    let reference = events.install(in: configuration)
    let owned = configuration.release()
    var reason = ErrorText()
    guard let client = reason.fill({ rd_kafka_new(type, owned, $0, $1) }) else {
      // rd_kafka_new takes the configuration only when it succeeds.
      rd_kafka_conf_destroy(owned)
      reference.release()
      throw KafkaError(.invalidArgument, reason.text)
    }
    return client
  }
}
