import Kafka
import Logging
import MarketDataContract
import MarketDataDomain
import Postgres
import ServiceKit

/// Publishes the stored ticks to `market_data_feed`, each at least once and in order per symbol.
///
/// Only the replica that replays publishes. What it has just stored it takes from memory; what it
/// could not publish then, or a predecessor could not, it reads back from storage, at a bounded rate.
/// The position up to which all is acknowledged travels with the next steps that are stored.
final class FeedPublisher: Sendable {
  /// How long a tick waits for its acknowledgement.
  static let deliveryTimeout: Duration = .seconds(5)
  /// How long to wait after the broker or the database failed.
  static let retryDelay: Duration = .milliseconds(500)
  /// How long to rest between two batches read from storage.
  static let catchUpPause: Duration = .milliseconds(50)

  private let publisher: EventPublisher
  private let service: String
  private let ticks: TickStore
  private let logger: Logger
  private let backlog = FeedBacklog()
  private let signals = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  /// A publisher; ``run()`` starts it.
  init(publisher: EventPublisher, service: String, ticks: TickStore, logger: Logger) {
    self.publisher = publisher
    self.service = service
    self.ticks = ticks
    self.logger = logger
  }

  /// All ticks of earlier steps are acknowledged.
  var publishedStep: Int64 { backlog.publishedStep }

  /// Starts to publish, from `step` on.
  func lead(from step: Int64, storedStep: Int64) {
    backlog.begin(at: step, storedStep: storedStep)
    signals.continuation.yield()
  }

  /// Publishes no more: another replica does.
  func resign() { backlog.end() }

  /// Adds ticks that were just stored, up to but without `storedStep`.
  func offer(_ ticks: [Tick], storedStep: Int64) {
    backlog.append(ticks, storedStep: storedStep)
    signals.continuation.yield()
  }

  /// Publishes until the task is cancelled.
  func run() async {
    for await _ in signals.stream {
      do {
        while !Task.isCancelled, let batch = backlog.next() { try await publish(batch) }
      } catch {
        logger.warning("ticks are not readable", metadata: ["reason": "\(error)"])
        await pause(Self.retryDelay)
        signals.continuation.yield()
      }
    }
    await publisher.close()
  }

  private func publish(_ batch: FeedBacklog.Batch) async throws(PostgresError) {
    switch batch {
    case .inMemory(let ticks):
      await publish(ticks)
    case .inStorage(let step):
      let stored = try await ticks.ticks(from: step)
      if let first = stored.first, first.step > step {
        logger.error(
          "ticks were removed before they were published",
          metadata: ["first_step": "\(step)", "next_step": "\(first.step)"])
      }
      await publish(stored)
      await pause(Self.catchUpPause)
    }
  }

  private func publish(_ ticks: [Tick]) async {
    let due = backlog.unacknowledged(ticks)
    let outcomes = await publisher.publish(
      due.map { $0.envelope(from: service) }, to: MarketDataV1.Topics.marketDataFeed)
    var failure: KafkaError?
    let acknowledged = outcomes.map { outcome in
      switch outcome {
      case .success: return true
      case .failure(let error):
        failure = error
        return false
      }
    }
    backlog.settle(ticks, due, acknowledged)
    guard let failure else { return }
    logger.warning(
      "ticks are not published",
      metadata: ["step": "\(backlog.publishedStep)", "reason": "\(failure)"])
    await pause(Self.retryDelay)
  }

  /// Rests; not when the task is cancelled.
  private func pause(_ duration: Duration) async { try? await Task.sleep(for: duration) }
}
