import Kafka

/// What the broker holds of a topic, by the headers of its records.
struct PublishedEvents: Sendable {
  /// The identities, as they come in each partition.
  private(set) var ids: [String] = []
  /// The sequences of each key's events without repetitions, as they come.
  private(set) var sequences: [String: [Int64]] = [:]

  /// Reads a topic from its beginning to where it ends now.
  init(of topic: String, brokers: KafkaBrokers) async throws {
    let consumer = try KafkaConsumer(KafkaConnection(brokers: brokers, clientID: "audit"))
    var rest: [KafkaPartition: Int64] = [:]
    for number in 0..<Int32(try await consumer.topics()[topic] ?? 0) {
      let partition = KafkaPartition(topic: topic, partition: number)
      let held = try await consumer.watermarks(of: partition)
      if held.high > held.low { rest[partition] = held.high - held.low }
    }
    if !rest.isEmpty { try await consumer.assign(rest.mapValues { _ in .beginning }) }
    var seen: Set<String> = []
    while !rest.isEmpty {
      for event in await consumer.poll(limit: 1_000, timeout: .seconds(1)) {
        guard case .message(let message) = event else { continue }
        let partition = KafkaPartition(topic: topic, partition: message.partition)
        rest[partition, default: 0] -= 1
        if rest[partition, default: 0] <= 0 { rest[partition] = nil }
        let id = message.headers.first { $0.name == "event_id" }?.text ?? ""
        let sequence = message.headers.first { $0.name == "sequence" }?.text.flatMap { Int64($0) }
        ids.append(id)
        if seen.insert(id).inserted {
          sequences[String(decoding: message.key ?? [], as: UTF8.self), default: []]
            .append(sequence ?? -1)
        }
      }
    }
    await consumer.close()
  }
}
