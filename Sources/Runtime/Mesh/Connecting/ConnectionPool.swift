internal import Logging
internal import RPC
internal import RPCTransport
internal import Synchronization

/// The connections to the replicas of one service: finds the addresses, connects, and hands calls to the
/// picker.
///
/// Calls drive it: one that comes when work is due has it begun, in a task of its own that serves all
/// calls, whatever becomes of one of them.
final class ConnectionPool: Sendable {
  typealias Connect = @Sendable (ServiceAddress) async throws(RPCError) -> ClientConnection

  private struct State {
    var connectivity: Connectivity<ClientConnection>
    /// Nil where nobody looks for them.
    var outliers: Outliers?
    /// What the picker chooses from.
    var candidates: [Picker.Candidate] = []
    var isClosed = false
  }

  private let service: String
  private let resolver: any Resolver
  private let policy: BalancingPolicy
  private let callLimit: Int
  private let connect: Connect
  private let logger: Logger
  private let metrics: BalancingMetrics?
  private let state: Mutex<State>
  private let current = CurrentPicker()
  private let due: DueTime
  private let waiters = Waiters()

  init(
    service: String, resolver: any Resolver, configuration: MeshChannel.Configuration,
    connect: @escaping Connect
  ) {
    self.service = service
    self.resolver = resolver
    policy = configuration.serviceConfig.balancing ?? .powerOfTwoChoices
    callLimit = configuration.serviceConfig.maximumCallsPerReplica
    self.connect = connect
    metrics = configuration.metrics.map { BalancingMetrics($0, target: service) }
    var logger = Logger(label: "mesh")
    logger[metadataKey: "service"] = "\(service)"
    self.logger = logger
    let pace = Connectivity<ClientConnection>.Pace(
      minimumBackoff: configuration.minimumBackoff, maximumBackoff: configuration.maximumBackoff,
      resolution: resolver.interval)
    let now = ContinuousClock.now
    let due = DueTime(at: now)
    self.due = due
    // Where one address gets all calls there is nobody to be unlike.
    let detection = configuration.serviceConfig.outlierDetection
    let detects = detection.isOn && policy.connectsToAll
    let watch = detects ? OutlierWatch(detection, due) : nil
    state = Mutex(
      State(
        connectivity: Connectivity(policy, pace, at: now) { Subchannel($0, outliers: watch) },
        outliers: detects ? Outliers(detection, at: now) : nil))
  }

  // MARK: - For calls

  /// Opens a call on the connection that is chosen.
  func open(
    _ head: CallHead, _ metrics: ClientMetrics?
  ) async throws(RPCError) -> any ClientCall {
    let kind = head.method.kind
    var head = head
    while true {
      let choice = try await pick(
        kind, before: head.deadline, waitsForReady: head.waitsForReady == true)
      let span = head.beginAttempt()
      head.observer = AttemptSpan.observer(of: span, choice.subchannel)
      metrics?.countAttempt(head.method)
      do throws(RPCError) { return try await choice.connection.open(head) } catch {
        choice.subchannel.callNotMade(kind)
        if let span { RPCSpan.end(span, client: error, error.code) }
        head.isTransparentRetry = true
        // The connection ended a moment ago, and took nothing of the call: the next one, then.
        guard error.cause is CallNotProcessed, choice.connection.state != .ready else {
          throw error
        }
        drop(choice.connection)
      }
    }
  }

  /// A connection for a call, made now if need be; the call counts as begun there.
  ///
  /// - Parameter waitsForReady: Whether it waits for a connection that cannot be made now.
  /// - Throws: `.unavailable` if none can be made, `.resourceExhausted` if all are full,
  ///   `.deadlineExceeded` or `.cancelled` while waiting for one.
  private func pick(
    _ kind: CallKind, before deadline: ContinuousClock.Instant?, waitsForReady: Bool
  ) async throws(RPCError) -> Picker.Candidate {
    let now = ContinuousClock.now
    if due.hasCome(at: now) { work(at: now) }
    if let candidate = try take(current.pick(kind, at: now)) { return candidate }
    var waits = 0
    while true {
      // Taken before looking, so that no change is missed.
      let ticket = waiters.ticket()
      work()
      if let candidate = try take(current.pick(kind, at: .now)) { return candidate }
      let (due, isConnecting) = try dueUnlessFailing(waitsForReady)
      let end = [deadline, due].compactMap(\.self).min()
      switch await waiters.wait(ticket, until: end) {
      case .changed: break
      case .cancelled: throw RPCError(.cancelled, "the caller cancelled the call")
      case .timeout:
        if let deadline, deadline <= .now {
          throw RPCError(.deadlineExceeded, "the deadline passed before a connection was made")
        }
        // Servers that take connections only to end them are not waited for without an end; a connection
        // that is being made has an end of its own.
        if !isConnecting { waits += 1 }
        if waits > Self.maximumWaits, !waitsForReady {
          throw unavailable(ConnectionLost(), retryAfter: .zero)
        }
      }
    }
  }

  /// The connection that was chosen; nil when there is none.
  ///
  /// A call that finds all of them full fails at once: to wait would only move the queue from servers that
  /// are behind into the memory of their callers, who could not shed it by what is worth least.
  private func take(_ choice: Picker.Choice) throws(RPCError) -> Picker.Candidate? {
    switch choice {
    case .connection(let candidate): return candidate
    case .none: return nil
    case .full:
      metrics?.countFull()
      throw RPCError(
        .resourceExhausted, "\(service) has as many calls as it is given",
        details: [
          .errorInfo(
            reason: "TOO_MANY_CALLS", domain: AccessGuard.errorDomain,
            metadata: ["service": service])
        ], cause: ServiceNotReached(reason: ReplicasFull(callLimit: callLimit)))
    }
  }

  /// How often one call may wait for the time of the next attempt.
  private static let maximumWaits = 10

  /// When to look again for a connection, if nothing happens before, and whether one is being made.
  private func dueUnlessFailing(
    _ waitsForReady: Bool
  ) throws(RPCError) -> (due: ContinuousClock.Instant?, isConnecting: Bool) {
    let now = ContinuousClock.now
    return try state.withLock { state throws(RPCError) in
      if state.isClosed {
        throw RPCError(
          .unavailable, "the channel to \(service) is closed", cause: ServiceNotReached(reason: nil)
        )
      }
      switch state.connectivity.status(at: now) {
      case .connecting: return (state.connectivity.nextDue, state.connectivity.isConnecting)
      case .failing(_, let until) where waitsForReady: return (until, false)
      case .failing(let reason, let until):
        throw unavailable(reason, retryAfter: now.duration(to: until))
      }
    }
  }

  private func unavailable(_ cause: any Error, retryAfter delay: Duration) -> RPCError {
    RPCError(
      .unavailable, "\(service) is not available",
      details: [
        .errorInfo(
          reason: "SERVICE_UNAVAILABLE", domain: AccessGuard.errorDomain,
          metadata: ["service": service]),
        .retryInfo(delay: delay),
      ], cause: ServiceNotReached(reason: cause))
  }

  /// The replicas known.
  var backends: [MeshChannel.Backend] {
    state.withLock { state in
      let outliers = state.outliers
      return state.connectivity.subchannels.map { subchannel, isConnected in
        MeshChannel.Backend(
          address: subchannel.address, isConnected: isConnected,
          isEjected: outliers?.contains(subchannel) == true, callCount: subchannel.callCount)
      }
    }
  }

  /// Uses a connection no more.
  func drop(_ connection: ClientConnection) {
    change { $0.connectivity.lost(connection, ConnectionLost(), at: .now) }
  }

  /// Takes no more calls; the connections close when the calls under way have ended.
  func close() {
    let connections = change { state in
      state.isClosed = true
      return state.connectivity.close()
    }
    for connection in connections { connection.close() }
    waiters.wakeAll()
  }

  // MARK: - Work

  /// Begins what is due.
  private func work(at now: ContinuousClock.Instant = .now) {
    var events: [OutlierDetector.Event] = []
    let work = change { state -> Connectivity<ClientConnection>.Work in
      guard !state.isClosed else { return .init() }
      let replicas = state.connectivity.subchannels
      events = state.outliers?.look(at: replicas, isUrgent: due.takeUrgency(), at: now) ?? []
      return state.connectivity.takeWork(at: now)
    }
    if work.resolves { Task { await resolve() } }
    for subchannel in work.connects { Task { await connect(subchannel) } }
    for event in events {
      metrics?.count(event)
      event.log(to: logger)
    }
  }

  private func resolve() async {
    let answer: Result<[ServiceAddress], any Error>
    do { answer = .success(try await resolver.addresses()) } catch { answer = .failure(error) }
    let (now, jitter) = (ContinuousClock.now, Double.random(in: 0...1))
    let gone = change { state -> [ClientConnection] in
      switch answer {
      case .success(let addresses):
        return state.connectivity.resolved(addresses, at: now, jitter: jitter)
      case .failure(let error):
        state.connectivity.resolutionFailed(error, at: now, jitter: jitter)
        return []
      }
    }
    if case .failure(let error) = answer {
      logger.warning("looking for addresses failed", metadata: ["error": "\(error)"])
    }
    for connection in gone { connection.close() }
    work()
    waiters.wakeAll()
  }

  private func connect(_ subchannel: Subchannel) async {
    do throws(RPCError) {
      add(try await connect(subchannel.address), subchannel)
    } catch {
      logger.warning(
        "connecting failed", metadata: ["address": "\(subchannel.address)", "error": "\(error)"])
      change {
        $0.connectivity.connectingFailed(
          subchannel, error, at: .now, jitter: .random(in: 0...1))
      }
    }
    work()
    waiters.wakeAll()
  }

  private func add(_ connection: ClientConnection, _ subchannel: Subchannel) {
    let isWanted = change { state in
      !state.isClosed && state.connectivity.connected(subchannel, connection)
    }
    guard isWanted else { return connection.close() }
    // Held weakly: a connection that nobody holds closes itself.
    connection.onChange { [weak self, weak connection] _ in
      if let connection { self?.drop(connection) }
    }
  }

  // MARK: - State

  /// Changes the state, and lets calls know.
  @discardableResult
  private func change<Result: Sendable>(_ body: (inout State) -> sending Result) -> Result {
    state.withLock { state in
      let result = body(&state)
      let candidates = Self.candidates(state)
      if candidates != state.candidates {
        state.candidates = candidates
        // Under the lock, so that the last change is the last to be seen.
        current.replace(by: Picker(policy, candidates, callLimit: callLimit))
      }
      let next = [state.connectivity.nextDue, state.outliers?.nextSweep].compactMap(\.self).min()
      due.set(state.isClosed ? nil : next)
      return result
    }
  }

  /// The connections that calls may take: those to outliers only if there are no others.
  private static func candidates(_ state: State) -> [Picker.Candidate] {
    let ready = state.connectivity.ready.map {
      Picker.Candidate(subchannel: $0, connection: $1)
    }
    guard let outliers = state.outliers else { return ready }
    let inliers = ready.filter { !outliers.contains($0.subchannel) }
    return inliers.isEmpty ? ready : inliers
  }
}

/// Why a call was not made though there are connections.
struct ReplicasFull: Error, CustomStringConvertible {
  let callLimit: Int

  var description: String { "every replica has \(callLimit) calls of this process" }
}

/// Why a connection that was there is not there any more.
struct ConnectionLost: Error, CustomStringConvertible {
  var description: String { "the connection is lost" }
}
