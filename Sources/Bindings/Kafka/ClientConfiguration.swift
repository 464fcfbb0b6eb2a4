internal import CRDKafka

/// The one owner of an `rd_kafka_conf_t` until a client takes it over.
struct ClientConfiguration: ~Copyable {
  private let pointer: OpaquePointer

  init() { pointer = rd_kafka_conf_new() }

  deinit { rd_kafka_conf_destroy(pointer) }

  /// Sets a property.
  ///
  /// - Throws: the property's name, its value and librdkafka's rule.
  func set(_ name: String, _ value: String) throws(KafkaError) {
    var reason = ErrorText()
    let result = reason.fill { rd_kafka_conf_set(pointer, name, value, $0, $1) }
    guard result == RD_KAFKA_CONF_OK else {
      let shown = KafkaConnection.isSecret(name) ? "(hidden)" : "\"\(value)\""
      throw KafkaError(.invalidArgument, "property \(name) = \(shown): \(reason.text)")
    }
  }

  func set(_ properties: [(String, String)]) throws(KafkaError) {
    for (name, value) in properties { try set(name, value) }
  }

  func withPointer<R>(_ body: (OpaquePointer) -> R) -> R { body(pointer) }

  /// Gives the pointer away: rd_kafka_new frees it with the client when it succeeds, and leaves it
  /// to us when it fails.
  consuming func release() -> OpaquePointer {
    let pointer = self.pointer
    discard self
    return pointer
  }
}

/// The buffer librdkafka writes a reason into.
struct ErrorText {
  private(set) var text = ""

  mutating func fill<R>(_ body: (UnsafeMutablePointer<CChar>, Int) -> R) -> R {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      buffer.initialize(repeating: 0)
      // Never empty: the capacity is 512.
      guard let base = buffer.baseAddress else { preconditionFailure("empty buffer") }
      let result = body(base, buffer.count)
      text = String(cString: base)
      return result
    }
  }
}
