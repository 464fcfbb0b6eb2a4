internal import Logging
internal import RPC
internal import RPCTransport
internal import Synchronization

/// The connections to the replicas of one service.
///
/// Connecting happens in *rounds*, one at a time: a round asks the resolver, gives up the connections
/// to addresses that are gone, and connects to those that lack one, all at once. A call that finds a
/// connection takes it; one that finds none waits for a round to bring one. While the service is out of
/// reach, which is what a round finds out that neither had a connection nor brought one, calls fail at once
/// with its error until it is time for another.
final class ConnectionPool: Sendable {
  typealias Connect = @Sendable (ServiceAddress) async throws(RPCError) -> ClientConnection

  private struct State {
    var ready: [(address: ServiceAddress, connection: ClientConnection)] = []
    /// Counts up; says whose turn it is.
    var turn = 0
    var isRoundRunning = false
    /// When the last round began, and when the next one may.
    var lastRound = ContinuousClock.now
    var nextRound = ContinuousClock.now
    /// What the resolver said last.
    var addresses: [ServiceAddress] = []
    /// How many rounds in a row have left an address without a connection.
    var failures = 0
    var lastFailure: (any Error)?
    /// Whether the last round ended without a connection, and nothing has changed since it began.
    var isOutOfReach = false
    /// Whether a connection was made or lost, or the directory changed, since the last round began.
    var hasChanged = false
    var isClosed = false
  }

  private enum Choice {
    case connection(ClientConnection)
    /// A round is running, or must be started if `start`.
    case wait(start: Bool)
    /// The next round must not begin before this.
    case pause(until: ContinuousClock.Instant)
    case fail(RPCError)
  }

  private let service: String
  private let resolver: any Resolver
  private let configuration: MeshChannel.Configuration
  private let connect: Connect
  private let logger: Logger
  private let state = Mutex(State())
  private let waiters = Waiters()

  init(
    service: String, resolver: any Resolver, configuration: MeshChannel.Configuration,
    connect: @escaping Connect
  ) {
    self.service = service
    self.resolver = resolver
    self.configuration = configuration
    self.connect = connect
    var logger = Logger(label: "mesh")
    logger[metadataKey: "service"] = "\(service)"
    self.logger = logger
  }

  // MARK: - For calls

  /// A connection that is ready, made now if need be.
  func connection(
    before deadline: ContinuousClock.Instant?
  ) async throws(RPCError) -> ClientConnection {
    var pauses = 0
    while true {
      switch choose() {
      case .connection(let connection): return connection
      case .fail(let error): throw error
      case .wait(let start):
        let ticket = waiters.ticket()
        if start { startRound() }
        try await waiters.wait(ticket, before: deadline)
      case .pause(let time):
        // Servers that take connections only to end them are not waited for without an end.
        guard pauses < Self.maximumPauses else {
          throw unavailable(nil, retryAfter: ContinuousClock.now.duration(to: time))
        }
        pauses += 1
        try await pause(until: time, before: deadline)
      }
    }
  }

  /// How often one call may wait for the time of the next round.
  private static let maximumPauses = 10

  private func pause(
    until time: ContinuousClock.Instant, before deadline: ContinuousClock.Instant?
  ) async throws(RPCError) {
    do {
      try await Task.sleep(until: min(time, deadline ?? time), clock: .continuous)
    } catch {
      throw RPCError(.cancelled, "the caller cancelled the call")
    }
    if let deadline, deadline <= .now {
      throw RPCError(.deadlineExceeded, "the deadline passed before a connection was made")
    }
  }

  /// Uses a connection no more.
  func drop(_ connection: ClientConnection) {
    state.withLock { state in
      guard let index = state.ready.firstIndex(where: { $0.connection === connection }) else {
        return
      }
      state.ready.remove(at: index)
      state.hasChanged = true
      // Replaced by the next call, unless the last round was a moment ago: a server that takes
      // connections only to drop them is not asked again and again.
      state.nextRound = min(
        state.nextRound, max(.now, state.lastRound + configuration.minimumBackoff))
    }
  }

  /// Takes no more calls.
  func close() {
    let connections = state.withLock { state in
      state.isClosed = true
      defer { state.ready = [] }
      return state.ready
    }
    for (_, connection) in connections { connection.close() }
    waiters.wakeAll()
  }

  private func choose() -> Choice {
    let now = ContinuousClock.now
    let (choice, startsRound) = state.withLock { state -> (Choice, Bool) in
      if state.isClosed {
        return (
          .fail(
            RPCError(
              .unavailable, "the channel to \(service) is closed",
              cause: ServiceNotReached(reason: nil))), false
        )
      }
      let isDue = !state.isRoundRunning && now >= state.nextRound
      if !state.ready.isEmpty {
        if isDue { state.isRoundRunning = true }
        state.turn &+= 1
        let index = state.turn % state.ready.count
        return (.connection(state.ready[index].connection), isDue)
      }
      if state.isRoundRunning { return (.wait(start: false), false) }
      guard isDue else {
        guard state.isOutOfReach else { return (.pause(until: state.nextRound), false) }
        return (
          .fail(unavailable(state.lastFailure, retryAfter: now.duration(to: state.nextRound))),
          false
        )
      }
      state.isRoundRunning = true
      return (.wait(start: true), false)
    }
    if startsRound { startRound() }
    return choice
  }

  private func unavailable(_ cause: (any Error)?, retryAfter delay: Duration) -> RPCError {
    RPCError(
      .unavailable, "\(service) is not available",
      details: [
        .errorInfo(
          reason: "SERVICE_UNAVAILABLE", domain: AccessGuard.errorDomain,
          metadata: ["service": service]),
        .retryInfo(delay: delay),
      ], cause: ServiceNotReached(reason: cause))
  }

  // MARK: - Rounds

  /// Runs a round in a task of its own: it serves all who wait, whatever becomes of one of them.
  private func startRound() {
    Task { await self.round() }
  }

  private func round() async {
    state.withLock { state in
      state.lastRound = .now
      state.hasChanged = false
    }
    var failure: (any Error)?
    do {
      let addresses = try await resolver.addresses()
      failure = await connectAll(reconcile(with: addresses))
      // Replicas that were replaced meanwhile are elsewhere, and not out of reach.
      if failure != nil, try await resolver.addresses() != addresses {
        state.withLock { $0.hasChanged = true }
      }
    } catch {
      failure = error
    }
    finishRound(failure)
  }

  /// Gives up connections to addresses that are gone, and returns the addresses that lack one.
  private func reconcile(with addresses: [ServiceAddress]) -> [ServiceAddress] {
    let (gone, missing) = state.withLock { state in
      state.addresses = addresses
      let gone = state.ready.filter { !addresses.contains($0.address) }
      state.ready.removeAll { !addresses.contains($0.address) }
      let present = state.ready.map(\.address)
      return (gone, addresses.filter { !present.contains($0) })
    }
    for (_, connection) in gone { connection.close() }
    return missing
  }

  /// Connects to all addresses at once; returns one of the failures, if any.
  private func connectAll(_ addresses: [ServiceAddress]) async -> (any Error)? {
    await withTaskGroup(of: (any Error)?.self) { group in
      for address in addresses {
        group.addTask {
          do throws(RPCError) {
            self.add(try await self.connect(address), at: address)
            return nil
          } catch {
            self.logger.warning(
              "connecting failed", metadata: ["address": "\(address)", "error": "\(error)"])
            return error
          }
        }
      }
      return await group.reduce(nil) { $0 ?? $1 }
    }
  }

  private func add(_ connection: ClientConnection, at address: ServiceAddress) {
    let isWanted = state.withLock { state in
      if !state.isClosed { state.ready.append((address, connection)) }
      state.hasChanged = true
      return !state.isClosed
    }
    guard isWanted else { return connection.close() }
    // Held weakly: a connection that nobody holds closes itself.
    connection.onChange { [weak self, weak connection] _ in
      if let connection { self?.drop(connection) }
    }
    waiters.wakeAll()
  }

  private func finishRound(_ failure: (any Error)?) {
    state.withLock { state in
      state.isRoundRunning = false
      state.lastFailure = failure
      state.failures = failure == nil ? 0 : state.failures + 1
      state.nextRound = .now + delay(after: state.failures)
      state.isOutOfReach = state.ready.isEmpty && !state.hasChanged
      // A connection lost during the round that made it is replaced at the next call.
      if state.ready.isEmpty, state.hasChanged {
        state.nextRound = .now + configuration.minimumBackoff
      }
    }
    waiters.wakeAll()
  }

  /// As good as never.
  private static let longestWait: Duration = .seconds(365 * 24 * 3600)

  /// The wait until the next round.
  private func delay(after failures: Int) -> Duration {
    var generator = SystemRandomNumberGenerator()
    guard failures == 0 else { return configuration.backoff(after: failures, using: &generator) }
    // Processes that were started together do not go on asking together.
    return resolver.interval.map { $0 * Double.random(in: 0.8...1.2) } ?? Self.longestWait
  }
}

extension MeshChannel.Configuration {
  /// The wait after so many failed rounds: doubling, and of random length, so that many clients which lost
  /// the same server do not come back in step.
  func backoff(after failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
    let doubled = minimumBackoff * (1 << min(failures - 1, 20))
    return min(doubled, maximumBackoff) * Double.random(in: 0.5...1, using: &generator)
  }
}
