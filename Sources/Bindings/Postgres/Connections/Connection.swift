import DequeModule
import Logging

/// What owns connections is told of their life.
@PostgresLoop
protocol ConnectionOwner: AnyObject {
  /// The connection is open.
  func connectionOpened(_ connection: Connection)
  /// Batches have ended: the connection can take others.
  func connectionProgressed(_ connection: Connection)
  /// The connection is closed, or was never made; its batches have been told.
  func connectionEnded(_ connection: Connection, _ error: PostgresError)
  /// The server has sent a notification.
  func connection(_ connection: Connection, notifiedOn channel: String, payload: String)
}

/// One session with the server, in pipeline mode.
///
/// Sends batches without waiting for the ones before, and matches the results, which come in the
/// order of what was sent, by a queue of steps.
@PostgresLoop
final class Connection: SocketHandler {
  enum State {
    case connecting, open, closed
  }

  /// What the next result belongs to.
  enum Step {
    /// A statement being prepared, for the batch that needs it first.
    case preparation(PreparedStatement, Batch)
    /// The synchronization point behind preparations: they stay though the batch may fail.
    case prepared
    case statement(Batch)
    case end(Batch)
    case script(Batch)
  }

  let configuration: PostgresConfiguration
  weak var owner: (any ConnectionOwner)?
  /// The transaction that has the connection to itself.
  var lease: Lease?

  private(set) var state = State.connecting
  var handle: ConnectionHandle?
  private var socket: Int32?
  var steps = Deque<Step>()
  /// Sent, in their order, the answers not complete.
  var batches = Deque<Batch>()
  var statements: [String: PreparedStatement] = [:]
  var statementCount = 0
  /// The first step has had its result; the end of its results is still to come.
  var stepHasResult = false
  private var wantsToWrite = false
  private var connectTimer: LoopTimer?
  private var stallTimer: LoopTimer?
  /// A request to cancel is on its way; what is sent now waits until it has arrived.
  var isCancelling = false
  var held: [Batch] = []

  init(_ configuration: PostgresConfiguration, owner: any ConnectionOwner) {
    self.configuration = configuration
    self.owner = owner
  }

  var isOpen: Bool { state == .open }
  var isIdle: Bool { isOpen && batches.isEmpty && held.isEmpty && !isCancelling }
  var isInTransaction: Bool { handle?.isInTransaction ?? false }

  // MARK: Opening

  func open() {
    connectTimer = PostgresLoop.schedule(after: configuration.limits.connectTimeout) {
      [weak self] in
      guard let self else { return }
      let limit = self.configuration.limits.connectTimeout
      self.close(PostgresError(.connectionFailed, "no connection after \(limit)"))
    }
    ConnectionParameters.resolve(configuration) { [weak self] outcome in
      guard let self, self.state == .connecting else { return }
      switch outcome {
      case .success(let parameters): self.connect(parameters)
      case .failure(let error): self.close(error)
      }
    }
  }

  private func connect(_ parameters: [(String, String)]) {
    handle = ConnectionHandle(parameters: parameters)
    guard handle != nil else {
      close(PostgresError(.connectionFailed, "out of memory"))
      return
    }
    if handle?.isBroken ?? true {
      closeUnconnected()
    } else {
      // PQconnectPoll: "as if PQconnectPoll last returned PGRES_POLLING_WRITING".
      watch(reading: false, writing: true)
    }
  }

  private func continueConnecting() {
    switch handle?.pollConnect() ?? .failed {
    case .wantsToRead: watch(reading: true, writing: false)
    case .wantsToWrite: watch(reading: false, writing: true)
    case .failed: closeUnconnected()
    case .connected:
      guard handle?.enterPipelineMode() ?? false else { return closeUnconnected() }
      connectTimer?.cancel()
      state = .open
      watch(reading: true, writing: false)
      owner?.connectionOpened(self)
    }
  }

  private func closeUnconnected() {
    close(PostgresError(.connectionFailed, handle?.errorMessage ?? "no connection"))
  }

  private func watch(reading: Bool, writing: Bool) {
    guard let descriptor = handle?.socket, descriptor >= 0 else { return closeUnconnected() }
    if let socket, socket != descriptor { PostgresLoop.unwatch(socket) }
    socket = descriptor
    PostgresLoop.watch(descriptor, reading: reading, writing: writing, self)
  }

  // MARK: Driving

  func socketIsReady() {
    switch state {
    case .connecting: continueConnecting()
    case .open:
      receive()
      // What was waiting to be written may have become possible, also by reading.
      if isOpen && wantsToWrite { flush() }
    case .closed: break
    }
  }

  func flush() {
    guard let isLeft = handle?.flush() else {
      return lose(handle?.errorMessage ?? "")
    }
    if isLeft != wantsToWrite {
      wantsToWrite = isLeft
      watch(reading: true, writing: isLeft)
    }
  }

  /// Expects the next end of a batch within the time the server has for its statements, and a grace
  /// in which its answer travels: a server that is silent for longer is taken for lost.
  func watchForStall() {
    stallTimer?.cancel()
    stallTimer = nil
    guard let batch = batches.first, let limit = configuration.limits.statementTimeout else {
      return
    }
    let patience = limit * max(1, batch.queries.count) + configuration.limits.networkTimeout
    stallTimer = PostgresLoop.schedule(after: patience) { [weak self] in
      self?.lose("the server said nothing for \(patience)")
    }
  }

  // MARK: Ending

  func lose(_ reason: String) {
    close(PostgresError(.connectionLost, reason))
  }

  /// Closes the connection and tells whoever waits.
  func close(_ error: PostgresError) {
    guard state != .closed else { return }
    let wasOpen = state == .open
    state = .closed
    connectTimer?.cancel()
    stallTimer?.cancel()
    if let socket { PostgresLoop.unwatch(socket) }
    socket = nil
    handle = nil
    steps = []
    let lost = batches
    batches = []
    for batch in lost {
      // A statement that has failed by itself was not lost: its transaction is rolled back.
      if let known = batch.error, !known.endsSession {
        batch.finish()
        continue
      }
      var error = PostgresError(
        error.code, batch.error?.message ?? error.message, queryName: batch.currentQueryName)
      error.outcomeUnknown = batch.mayCommit
      batch.replaceError(error)
      batch.finish()
    }
    for batch in held { batch.finish(error) }
    held = []
    if wasOpen && error.code != .poolClosed {
      configuration.logger.warning(
        "connection lost", metadata: ["reason": "\(error.message)"])
    }
    owner?.connectionEnded(self, error)
  }
}

/// A statement known to the server under a name.
@PostgresLoop
final class PreparedStatement {
  let name: String
  let sql: String
  let types: [UInt32]
  /// Whether the server has confirmed it.
  var isReady = false
  /// The batch whose preparation is on its way.
  var preparingBatch: Batch?

  init(name: String, _ query: PostgresQuery) {
    self.name = name
    sql = query.sql
    types = query.parameters.entries.map(\.type)
  }

  func fits(_ query: PostgresQuery) -> Bool {
    types.elementsEqual(query.parameters.entries.lazy.map(\.type))
  }
}
