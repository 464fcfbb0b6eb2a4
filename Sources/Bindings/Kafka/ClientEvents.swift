internal import CRDKafka
internal import Logging

/// The opaque pointer of a client's callbacks: who hears of logs, errors, deliveries, rebalances.
///
/// Retained by the client (`conf_set_opaque`) from its creation until after its destruction.
class ClientEvents: @unchecked Sendable {
  // Sendable: the stored property is immutable; subclasses state their own discipline.
  let logger: Logger

  init(logger: Logger) { self.logger = logger }

  /// Called on the client's thread when the client reports a failure that is not of one record.
  func didFail(_ error: KafkaError) {
    logger.log(
      level: error.isFatal ? .error : .warning, "kafka client error",
      metadata: ["code": "\(error.code)", "reason": "\(error.message)"])
  }

  static func from(_ opaque: UnsafeMutableRawPointer) -> ClientEvents {
    // The pointer was made by passRetained(self) in `install` and outlives every callback.
    Unmanaged<ClientEvents>.fromOpaque(opaque).takeUnretainedValue()
  }

  /// Registers the callbacks common to producers and consumers.
  ///
  /// - Returns: the reference the configuration now holds; release it when the client is destroyed,
  ///   or when it could not be made.
  func install(in configuration: borrowing ClientConfiguration) -> Unmanaged<ClientEvents> {
    let reference = Unmanaged<ClientEvents>.passRetained(self)
    configuration.withPointer { pointer in
      rd_kafka_conf_set_opaque(pointer, reference.toOpaque())
      rd_kafka_conf_set_log_cb(pointer) { client, level, _, text in
        guard let client, let text, let opaque = rd_kafka_opaque(client) else { return }
        // Any of librdkafka's threads: Logger is safe for that.
        ClientEvents.from(opaque).logger.log(
          level: .init(syslogLevel: level), "\(String(cString: text))")
      }
      rd_kafka_conf_set_error_cb(pointer) { client, code, reason, opaque in
        guard let client, let opaque else { return }
        ClientEvents.from(opaque).didFail(
          .reported(by: client, rd_kafka_resp_err_t(rawValue: code), reason))
      }
    }
    return reference
  }
}

extension KafkaError {
  /// An error as the error callback or a fatal state reports it.
  static func reported(
    by client: OpaquePointer, _ code: rd_kafka_resp_err_t, _ reason: UnsafePointer<CChar>?
  ) -> KafkaError {
    if code == RD_KAFKA_RESP_ERR__FATAL {
      var text = ErrorText()
      let cause = text.fill { rd_kafka_fatal_error(client, $0, $1) }
      return KafkaError(.init(cause), text.text, isFatal: true)
    }
    return KafkaError(
      .init(code), reason.map { String(cString: $0) } ?? String(cString: rd_kafka_err2str(code)))
  }
}

extension Logger.Level {
  /// librdkafka logs at error what is an outage it recovers from by itself: a warning to us.
  fileprivate init(syslogLevel: Int32) {
    switch syslogLevel {
    case ...2: self = .error
    case 3, 4: self = .warning
    case 5: self = .notice
    case 6: self = .debug
    default: self = .trace
    }
  }
}
