import Logging
import TradingDomain

/// Works off what is left to do: a batch after the other, several orders of it at once, again and again.
///
/// Every replica does. Each takes a batch in an order of its own, so that two seldom have the same order in hand; what the
/// other has done is found done.
struct Backlog: Sendable {
  /// What waits, for the log.
  let name: String
  /// How long it pauses when nothing is left, or nothing of a batch could be done.
  let interval: Duration
  /// How many orders are worked on at the same time.
  let concurrency: Int
  let logger: Logger

  /// The most orders read at once.
  static let batchSize = 256

  /// Looks at once, and then again and again, until the task is cancelled.
  ///
  /// Behind a full batch it goes on at once where something of it came to its end. Where nothing did, it goes on behind it
  /// after a pause: what cannot be done keeps nothing else waiting for long.
  ///
  /// - Parameters:
  ///   - read: Reads the batch behind an order, or the first; one that is not full is the last.
  ///   - finish: Sees to an order; whether it is done with, by whomever.
  func run(
    reading read: (_ last: Order?) async throws -> [Order],
    finishing finish: @escaping @Sendable (Order) async throws -> Bool
  ) async {
    var last: Order?
    while !Task.isCancelled {
      var isUnderWay = false
      do {
        let batch = try await read(last)
        last = batch.count < Self.batchSize ? nil : batch.last
        isUnderWay = await work(off: batch, finish) > 0 && last != nil
      } catch {
        if Task.isCancelled { return }
        logger.warning("\(name) cannot be read", metadata: ["error": "\(error)"])
      }
      if !isUnderWay { try? await Task.sleep(for: interval) }
    }
  }

  /// - Returns: how many are done with.
  private func work(
    off batch: [Order], _ finish: @escaping @Sendable (Order) async throws -> Bool
  ) async -> Int {
    await withTaskGroup { group in
      var done = 0
      for (index, order) in batch.shuffled().enumerated() where !Task.isCancelled {
        if index >= concurrency, await group.next() == true { done += 1 }
        group.addTask { await attempt(order, finish) }
      }
      return await group.reduce(done) { $0 + ($1 ? 1 : 0) }
    }
  }

  /// The others need not wait for one that cannot be done.
  private func attempt(
    _ order: Order, _ finish: @Sendable (Order) async throws -> Bool
  ) async -> Bool {
    do { return try await finish(order) } catch {
      if !Task.isCancelled {
        logger.warning(
          "one of the \(name) is left for later",
          metadata: ["order": "\(order.id)", "error": "\(error)"])
      }
      return false
    }
  }
}
