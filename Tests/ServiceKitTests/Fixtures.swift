import Core
import Events
import Foundation
import Kafka
import Logging
import Protobuf
import ServiceKit
import Synchronization
import TestSupport

/// Any message serves as an event: the seconds of a timestamp count it.
typealias Tick = Google.Timestamp

let ticks = Topic<Tick>(
  name: "ticks", partitions: 3, retention: .forever, key: { "k\($0.nanos)" },
  sequence: { $0.seconds })

/// The envelope of the event number `sequence` of `key`.
func envelope(_ key: String, _ sequence: Int64) -> EventEnvelope<Tick> {
  EventEnvelope(
    key: key,
    headers: EventHeaders(
      eventID: EventID(rawValue: "\(key)-\(sequence)"), eventType: Tick.messageName,
      occurredAt: .epoch, producer: "test", sequence: sequence),
    event: Tick(seconds: sequence))
}

/// The record of the event number `sequence` of `key`.
func record(_ key: String, _ sequence: Int64) -> KafkaRecord {
  let envelope = envelope(key, sequence)
  return EventRecord.encode(
    topic: ticks.name, key: key, headers: envelope.headers, payload: ticks.encode(envelope.event))
}

/// A history that holds the events `1...count` of every key, the first `published` of them
/// published, without those that were pruned.
final class FixtureHistory: Sendable {
  struct State {
    var count: Int64 = 0
    var published: Int64 = 0
    var pruned: Set<Int64> = []
    var failures = 0
    var reads = 0
  }

  let state = Mutex(State())

  struct Outage: Error {}

  var history: EventHistory<Tick> {
    EventHistory { key, after, before, limit in
      try self.state.withLock { state in
        state.reads += 1
        if state.failures > 0 {
          state.failures -= 1
          throw Outage()
        }
        let last = before.map { min($0 - 1, state.count) } ?? state.published
        guard after < last else { return [] }
        return ((after + 1)...last).filter { !state.pruned.contains($0) }.prefix(limit).map {
          envelope(key, $0)
        }
      }
    }
  }
}
