import DequeModule
import Logging

/// The connections of a pool and the batches that wait for one.
///
/// A batch goes to an idle connection; else, if it may share one, to the connection with the
/// fewest batches on their way; else it waits its turn. Whoever waits is served first come, first
/// served: nothing overtakes a transaction that waits for a connection of its own.
@PostgresLoop
final class PoolCore: ConnectionOwner {
  nonisolated let configuration: PostgresConfiguration
  private var limits: PostgresConfiguration.Limits { configuration.limits }

  private var connections: [Connection] = []
  private var waiters = Deque<Batch>()
  /// Those of `waiters` that still wait: a cancelled one stays in the queue until its turn.
  private var waiterCount = 0
  private var waiterTimer: LoopTimer?
  private var backoff: ReconnectBackoff
  private var isClosing = false
  private var closeWaiters: [@PostgresLoop @Sendable () -> Void] = []

  nonisolated init(_ configuration: PostgresConfiguration) {
    self.configuration = configuration
    backoff = ReconnectBackoff(maxDelay: configuration.limits.maxReconnectDelay)
  }

  // MARK: Work

  func submit(_ batch: Batch) {
    if batch.isCancelled {
      return batch.finish(PostgresError(.cancelled, "the caller's task was cancelled"))
    }
    if let lease = batch.lease, lease.isAssigned {
      guard let connection = lease.connection, connection.isOpen else {
        return batch.finish(
          PostgresError(.connectionLost, "the transaction's connection was lost"))
      }
      return connection.send(batch)
    }
    guard !isClosing else { return batch.finish(Self.closedError) }
    if waiterCount == 0, let connection = pick(for: batch) {
      // A connection that is shared is a sign that another one would be of use.
      if !connection.batches.isEmpty { grow(atLeast: 1) }
      return start(batch, on: connection)
    }
    guard waiterCount < limits.maxWaiters else {
      return batch.finish(
        PostgresError(
          .tooManyWaiters, "\(waiterCount) callers already wait for a connection",
          queryName: batch.currentQueryName))
    }
    waiters.append(batch)
    waiterCount += 1
    grow(atLeast: waiterCount)
    watchWaiters()
  }

  func cancel(_ batch: Batch) {
    guard !batch.isDone else { return }
    batch.isCancelled = true
    if batch.isWaiting {
      // Not submitted yet, or in the queue.
      if waiters.contains(where: { $0 === batch }) {
        waiterCount -= 1
        batch.finish(PostgresError(.cancelled, "the caller's task was cancelled"))
      }
    } else {
      connections.first { $0.batches.first === batch }?.cancel(batch)
    }
  }

  /// Gives a transaction's connection back, first rolling back what is open.
  func release(_ lease: Lease, _ completion: @escaping @PostgresLoop @Sendable () -> Void) {
    guard let connection = lease.connection, connection.lease === lease else {
      return completion()
    }
    guard connection.isOpen, connection.isInTransaction || !connection.batches.isEmpty else {
      connection.lease = nil
      serveWaiters()
      return completion()
    }
    let rollback = Batch(["ROLLBACK"], commitment: .rollback, lease: lease)
    rollback.whenDone { [weak self] _ in
      connection.lease = nil
      self?.serveWaiters()
      completion()
    }
    connection.send(rollback)
  }

  private func pick(for batch: Batch) -> Connection? {
    if let idle = connections.first(where: { $0.isIdle && $0.lease == nil }) { return idle }
    guard batch.lease == nil, !batch.isScript else { return nil }
    return connections.lazy
      .filter { [limits] connection in
        connection.isOpen && connection.lease == nil && !connection.isCancelling
          && connection.batches.count < limits.maxPipelinedQueries
      }
      .min { $0.batches.count < $1.batches.count }
  }

  private func start(_ batch: Batch, on connection: Connection) {
    if let lease = batch.lease {
      connection.lease = lease
      lease.assign(connection)
    }
    connection.send(batch)
  }

  private func serveWaiters() {
    while let batch = waiters.first {
      if batch.isDone {
        waiters.removeFirst()
        continue
      }
      guard let connection = pick(for: batch) else { break }
      waiters.removeFirst()
      waiterCount -= 1
      start(batch, on: connection)
    }
    watchWaiters()
    finishClosingIfDone()
  }

  // MARK: Time

  /// Waits for the head of the queue only: all have the same time, so it is the first to run out.
  private func watchWaiters() {
    while let batch = waiters.first, batch.isDone { waiters.removeFirst() }
    guard waiterTimer == nil, let head = waiters.first else { return }
    let delay = head.start + limits.acquireTimeout - .now
    waiterTimer = PostgresLoop.schedule(after: Swift.max(.zero, delay)) { [weak self] in
      self?.waiterTimer = nil
      self?.refuseLateWaiters()
    }
  }

  private func refuseLateWaiters() {
    let limit = limits.acquireTimeout
    while let head = waiters.first, head.isDone || head.start + limit <= .now {
      waiters.removeFirst()
      guard !head.isDone else { continue }
      waiterCount -= 1
      head.finish(
        PostgresError(
          .acquireTimeout, "no connection came free within \(limit)",
          queryName: head.currentQueryName))
    }
    watchWaiters()
    finishClosingIfDone()
  }

  // MARK: Connections

  /// Opens connections until so many are on their way, within the limit and not in a pause.
  private func grow(atLeast count: Int) {
    guard !isClosing, !backoff.isPausing else { return }
    var connecting = connections.count { !$0.isOpen }
    while connecting < count && connections.count < limits.maxConnections {
      let connection = Connection(configuration, owner: self)
      connections.append(connection)
      connecting += 1
      connection.open()
    }
  }

  func connectionOpened(_ connection: Connection) {
    backoff.succeeded()
    serveWaiters()
  }

  func connectionProgressed(_ connection: Connection) { serveWaiters() }

  func connectionEnded(_ connection: Connection, _ error: PostgresError) {
    connections.removeAll { $0 === connection }
    if error.code == .connectionFailed {
      backoff.failed { [weak self] in
        guard let self else { return }
        if self.waiterCount > 0 { self.grow(atLeast: 1) }
      }
      // Nobody is left who could serve those who wait: they learn it at once.
      if !connections.contains(where: \.isOpen) { refuseWaiters(error) }
    } else if waiterCount > 0 {
      grow(atLeast: waiterCount)
    }
    finishClosingIfDone()
  }

  func connection(_ connection: Connection, notifiedOn channel: String, payload: String) {}

  private func refuseWaiters(_ error: PostgresError) {
    let refused = waiters
    waiters = []
    waiterCount = 0
    for batch in refused where !batch.isDone { batch.finish(error) }
  }

  // MARK: Closing

  private static let closedError = PostgresError(.poolClosed, "the pool is closed")

  /// Refuses new work, lets what is under way end, then closes the connections.
  func close(_ completion: @escaping @PostgresLoop @Sendable () -> Void) {
    isClosing = true
    closeWaiters.append(completion)
    finishClosingIfDone()
  }

  /// Closes at once; work under way fails.
  func closeNow() {
    isClosing = true
    refuseWaiters(Self.closedError)
    for connection in connections { connection.close(Self.closedError) }
  }

  private func finishClosingIfDone() {
    guard isClosing, waiterCount == 0 else { return }
    for connection in connections where connection.lease == nil && connection.batches.isEmpty {
      connection.close(Self.closedError)
    }
    guard connections.isEmpty else { return }
    let completions = closeWaiters
    closeWaiters = []
    for completion in completions { completion() }
  }

  /// How many connections are open and how many callers wait.
  var statistics: PostgresPool.Statistics {
    PostgresPool.Statistics(
      open: connections.count(where: \.isOpen), idle: connections.count { $0.isIdle },
      waiting: waiterCount)
  }
}
