import Events
import Logging
import Observability
import Postgres

extension EventConsumer {
  /// Applies what operators have requeued, until the task is cancelled.
  func applyRequeued() async {
    while !Task.isCancelled {
      var hasProgressed = false
      do {
        for id in try await parked.requeued(in: database) {
          guard !Task.isCancelled else { return }
          if try await tryAgain(id) { hasProgressed = true }
        }
      } catch {
        guard !Task.isCancelled else { return }
        logger.debug(
          "requeued dead letters are not applied yet", error: error,
          metadata: ["consumer": "\(parked.consumer)"])
      }
      if !hasProgressed { try? await Task.sleep(for: configuration.requeueInterval) }
    }
  }

  /// Tries one once more.
  ///
  /// - Returns: whether its effects are there now. One that fails, and its key, wait for an operator again.
  /// - Throws: when the database is away.
  private func tryAgain(_ id: Int64) async throws -> Bool {
    guard let letter = try await parked.find(id, in: database) else { return false }
    let metadata: Logger.Metadata = [
      "consumer": "\(letter.consumer)", "topic": "\(letter.topic)",
      "dead_letter": "\(letter.id)", "event_id": "\(letter.eventID)",
    ]
    do {
      let envelope = try EventRecord.decode(
        key: letter.key, headers: letter.headers, value: letter.payload, of: topic)
      let event = begin(envelope)
      guard try await event.origin.run({ await self.apply(letter, event) }).get() else {
        return false
      }
    } catch {
      guard !Task.isCancelled else { return false }
      if error.isOutage { throw error }
      try await parked.fail(letter, because: DeadLetterTopic.reason(of: error), in: database)
      logger.error("dead letter has failed again", error: error, metadata: metadata)
      return false
    }
    logger.notice("dead letter is applied", metadata: metadata)
    return true
  }

  /// - Returns: false if another instance has it in hand.
  private func apply(
    _ letter: DeadLetter, _ event: ConsumedEvent<Event>
  ) async -> Result<Bool, any Error> {
    do {
      let isApplied = try await database.transaction { transaction in
        guard try await parked.lock(letter.id, in: transaction) else { return false }
        if try await parked.inbox.admit(event.envelope.headers.eventID, in: transaction) {
          try await apply([event], transaction)
        }
        parked.remove(letter.id, in: transaction)
        return true
      }
      event.span?.end()
      return .success(isApplied)
    } catch {
      event.span?.end(.error("failed again"))
      return .failure(error)
    }
  }
}
