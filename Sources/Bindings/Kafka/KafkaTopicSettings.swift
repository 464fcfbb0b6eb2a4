internal import CRDKafka

extension KafkaProducer {
  /// What the cluster says of topics' settings, such as `retention.ms`, by topic and by name.
  ///
  /// - Returns: nil where the broker does not tell, as the mock cluster does not. A topic that it does not know is left out.
  public func settings(
    of topics: [String], timeout: Duration = .seconds(5)
  ) async throws(KafkaError) -> [String: [String: String]]? {
    try await performOnThread { client in
      var resources = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
      // Ours before and after the request, which copies them.
      defer {
        resources.withUnsafeMutableBufferPointer {
          rd_kafka_ConfigResource_destroy_array($0.baseAddress, $0.count)
        }
      }
      let queue = rd_kafka_queue_new(client)
      defer { rd_kafka_queue_destroy(queue) }
      let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)
      defer { rd_kafka_AdminOptions_destroy(options) }
      var reason = ErrorText()
      _ = reason.fill {
        rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, $0, $1)
      }
      resources.withUnsafeMutableBufferPointer {
        rd_kafka_DescribeConfigs(client, $0.baseAddress, $0.count, options, queue)
      }
      let event = rd_kafka_queue_poll(queue, timeout.milliseconds + 500)
      defer { if let event { rd_kafka_event_destroy(event) } }
      guard let event, let result = rd_kafka_event_DescribeConfigs_result(event) else {
        return .success(nil)
      }
      let code = rd_kafka_event_error(event)
      switch KafkaError.Code(code) {
      case _ where code == RD_KAFKA_RESP_ERR_NO_ERROR: return .success(Self.settings(result))
      case .unsupported, .timedOut: return .success(nil)
      default: return .failure(KafkaError(code, doing: "ask for the settings of topics"))
      }
    }
  }

  private static func settings(_ result: OpaquePointer) -> [String: [String: String]] {
    var count = 0
    guard let resources = rd_kafka_DescribeConfigs_result_resources(result, &count) else {
      return [:]
    }
    var topics: [String: [String: String]] = [:]
    for resource in UnsafeBufferPointer(start: resources, count: count) {
      guard let resource, rd_kafka_ConfigResource_error(resource) == RD_KAFKA_RESP_ERR_NO_ERROR
      else { continue }
      var count = 0
      let entries = rd_kafka_ConfigResource_configs(resource, &count)
      var values: [String: String] = [:]
      for entry in UnsafeBufferPointer(start: entries, count: count) {
        guard let entry, let value = rd_kafka_ConfigEntry_value(entry) else { continue }
        values[String(cString: rd_kafka_ConfigEntry_name(entry))] = String(cString: value)
      }
      topics[String(cString: rd_kafka_ConfigResource_name(resource))] = values
    }
    return topics
  }
}
