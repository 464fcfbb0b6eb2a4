import Core
import Events
import Kafka
import Logging
import Observability
import Postgres

extension EventConsumer {
  /// A record that is an event of the topic.
  private struct Delivery {
    let message: KafkaMessage
    let event: ConsumedEvent<Event>

    var id: EventID { event.envelope.headers.eventID }
  }

  /// Applies records or puts them aside, in their order.
  ///
  /// - Returns: how many of the first are done with: all, unless the task was cancelled.
  func consume(_ messages: [KafkaMessage]) async -> Int {
    var done = 0
    var batch: [Delivery] = []
    for message in messages {
      do {
        batch.append(try delivery(of: message))
      } catch {
        // It is put aside in its turn: what comes of its key after it finds it there.
        guard await applyTogether(batch[...]) else { return done }
        done += batch.count
        batch = []
        guard await putAside(message, attempts: 1, because: error) else { return done }
        done += 1
      }
    }
    guard await applyTogether(batch[...]) else { return done }
    return messages.count
  }

  private func delivery(of message: KafkaMessage) throws -> Delivery {
    let envelope = try EventRecord.decode(message, of: topic)
    try memory.check(envelope.headers.eventID)
    return Delivery(message: message, event: begin(envelope))
  }

  /// Begins an event's span, in its trace.
  func begin(_ envelope: EventEnvelope<Event>) -> ConsumedEvent<Event> {
    let headers = envelope.headers
    let span = EventSpan.processing(headers, of: topic.name, group: parked.consumer, by: tracer)
    return ConsumedEvent(
      envelope: envelope,
      origin: CallOrigin(correlationID: headers.correlationID, span: span))
  }

  /// Applies events in one transaction; if that fails, those of each half, until what makes it fail is alone.
  ///
  /// So a bad event among good ones costs a few transactions, and is found by what it does, not by what is said of it.
  /// Those before it have been dealt with when it is tried by itself, those behind it are not applied before that.
  ///
  /// - Returns: false if the task was cancelled before all were applied or put aside.
  private func applyTogether(_ batch: ArraySlice<Delivery>) async -> Bool {
    guard batch.count > 1 else {
      guard let delivery = batch.first else { return true }
      return await applyAlone(delivery)
    }
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        let admissions = try await commit(batch)
        return await settle(batch, admissions)
      } catch {
        guard !Task.isCancelled else { return false }
        let metadata: Logger.Metadata = ["topic": "\(topic.name)", "events": "\(batch.count)"]
        guard error.isOutage else {
          logger.info("events are not applied together", error: error, metadata: metadata)
          let middle = batch.startIndex + batch.count / 2
          guard await applyTogether(batch[..<middle]) else { return false }
          return await applyTogether(batch[middle...])
        }
        // What became of a COMMIT the inbox knows.
        logger.warning("events are not applied yet", error: error, metadata: metadata)
        await backoff.wait()
      }
    }
    return false
  }

  /// Applies those events of a batch that are to be applied, in one transaction.
  private func commit(
    _ batch: ArraySlice<Delivery>
  ) async throws -> [ParkedEvents.Admission] {
    try await database.transaction { transaction in
      let admissions = try await parked.admit(
        batch.map { (id: $0.id, key: $0.message.key) }, in: transaction)
      let events = zip(batch, admissions).filter { $0.1 == .apply }.map(\.0.event)
      if !events.isEmpty { try await apply(events, transaction) }
      return admissions
    }
  }

  /// Ends what a transaction has done with, and sees to those whose key waits: nothing of such a key was applied.
  private func settle(
    _ batch: ArraySlice<Delivery>, _ admissions: [ParkedEvents.Admission]
  ) async -> Bool {
    var waiting: [Delivery] = []
    for (delivery, admission) in zip(batch, admissions) {
      if admission == .parked { waiting.append(delivery) } else { delivery.event.span?.end() }
    }
    for delivery in waiting {
      guard await applyAlone(delivery) else { return false }
    }
    return true
  }

  // MARK: - One by itself

  /// Does the work of an event as part of its trace, and of the request that led to it.
  private func applyAlone(_ delivery: Delivery) async -> Bool {
    await delivery.event.origin.run { await self.process(delivery) }
  }

  /// Applies an event, in as many attempts as it takes, or puts its record aside.
  private func process(_ delivery: Delivery) async -> Bool {
    let (message, span) = (delivery.message, delivery.event.span)
    var failures = 0
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        guard try await commit([delivery]) != [.parked] else {
          guard try await parked.park(behind: ParkedRecord(message), in: database) else { continue }
          logger.debug(
            "event waits behind a dead letter of its key",
            metadata: ["topic": "\(message.topic)", "event_id": "\(delivery.id)"])
          span?.end(.error("waits behind a dead letter of its key"))
          return true
        }
        span?.end()
        return true
      } catch let error as UnprocessableEvent {
        return await putAside(message, attempts: failures + 1, because: error, span)
      } catch {
        guard !Task.isCancelled else { return false }
        // An outage is not the event's fault, and what became of a COMMIT the inbox knows.
        if !error.isOutage { failures += 1 }
        guard failures < configuration.attempts else {
          return await putAside(message, attempts: failures, because: error, span)
        }
        span?.addEvent("attempt failed", [SpanAttribute("failures", .integer(failures))])
        logger.warning(
          "event is not applied yet", error: error,
          metadata: [
            "topic": "\(message.topic)", "event_id": "\(delivery.id)", "failures": "\(failures)",
          ])
        await backoff.wait()
      }
    }
    return false
  }

  /// Tells the topic of dead letters, then has the key wait.
  ///
  /// In this order: a record that the topic has and the database has not comes again.
  ///
  /// - Returns: false if the task was cancelled before that was done.
  private func putAside(
    _ message: KafkaMessage, attempts: Int, because error: any Error, _ span: Span? = nil
  ) async -> Bool {
    guard await deadLetters.store(message, attempts: attempts, because: error) else { return false }
    let record = ParkedRecord(message)
    let reason = DeadLetterTopic.reason(of: error)
    var backoff = Backoff()
    while !Task.isCancelled {
      do {
        try await parked.park(failed: record, attempts: attempts, because: reason, in: database)
        span?.end(.error("put aside as a dead letter"))
        return true
      } catch {
        logger.warning("dead letter is not put aside yet", error: error)
        await backoff.wait()
      }
    }
    return false
  }
}
