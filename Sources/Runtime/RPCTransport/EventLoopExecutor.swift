import HTTP2
import NIOCore
import NIOPosix
import Synchronization

/// Runs tasks on an event loop, and flushes its connections once per turn.
///
/// There is one for each loop. A handler runs on its connection's loop from the first instruction to the
/// last, without a hop; what it and its neighbours send in one turn leaves in one write. Only `enqueue`
/// and `run` may be called from elsewhere.
final class EventLoopExecutor: TaskExecutor, @unchecked Sendable {
  // Unchecked: everything but `remote` is touched by the loop's thread only.

  /// How many jobs run before the sockets get their turn again.
  private static let jobsPerTurn = 1024
  /// What one read from a socket, or one TLS record, may need.
  static let scratchBytes = 64 * 1024

  let loop: any EventLoop
  let deadlines: DeadlineQueue
  /// Memory for whoever needs some until it returns.
  let scratch: UnsafeMutableRawBufferPointer
  private var jobs: [UnownedJob] = []
  private var spareJobs: [UnownedJob] = []
  private var dirty: [ConnectionHandler] = []
  private var spareDirty: [ConnectionHandler] = []
  private var isTurnComing = false
  private let remote = Mutex(Remote())

  private struct Remote {
    var jobs: [UnownedJob] = []
    var actions: [@Sendable () -> Void] = []
    var isLoopWoken = false
  }

  private static let ofThread = ThreadSpecificVariable<EventLoopExecutor>()

  /// The executor of a loop; called on that loop.
  static func of(_ loop: any EventLoop) -> EventLoopExecutor {
    loop.preconditionInEventLoop()
    if let executor = Self.ofThread.currentValue, executor.loop === loop { return executor }
    let executor = EventLoopExecutor(loop)
    Self.ofThread.currentValue = executor
    return executor
  }

  private init(_ loop: any EventLoop) {
    self.loop = loop
    self.deadlines = DeadlineQueue(loop)
    self.scratch = .allocate(byteCount: Self.scratchBytes, alignment: 16)
  }

  deinit {
    self.scratch.deallocate()
  }

  // MARK: - From anywhere

  /// Runs a task's next job on the loop.
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if self.loop.inEventLoop {
      self.jobs.append(job)
      self.requestTurn()
    } else {
      self.handOver { $0.jobs.append(job) }
    }
  }

  /// Runs an action on the loop: at once if this is the loop, else soon.
  func run(_ action: @escaping @Sendable () -> Void) {
    if self.loop.inEventLoop {
      action()
    } else {
      self.handOver { $0.actions.append(action) }
    }
  }

  private func handOver(_ put: (inout sending Remote) -> Void) {
    let wakes = self.remote.withLock { remote in
      put(&remote)
      defer { remote.isLoopWoken = true }
      return !remote.isLoopWoken
    }
    if wakes { self.loop.execute { self.turn() } }
  }

  // MARK: - On the loop

  /// Has a connection flushed at the end of this turn.
  func flushLater(_ connection: ConnectionHandler) {
    self.dirty.append(connection)
    self.requestTurn()
  }

  /// Promises a turn: for reads, `channelReadComplete` makes one, and asking twice costs nothing.
  private func requestTurn() {
    guard !self.isTurnComing else { return }
    self.isTurnComing = true
    self.loop.execute { self.turn() }
  }

  /// Called before reads are handled: their own end makes the turn.
  func willTakeTurn() {
    self.isTurnComing = true
  }

  /// Runs the jobs that are there and those that they lead to, then flushes the connections.
  func turn() {
    self.isTurnComing = true
    self.takeRemote()
    var budget = Self.jobsPerTurn
    repeat {
      budget -= self.jobs.count
      self.runJobs()
      self.flush()
    } while budget > 0 && !(self.jobs.isEmpty && self.dirty.isEmpty)
    self.isTurnComing = false
    if !(self.jobs.isEmpty && self.dirty.isEmpty) { self.requestTurn() }
  }

  private func takeRemote() {
    let (jobs, actions) = self.remote.withLock { remote in
      defer { remote = Remote() }
      return (remote.jobs, remote.actions)
    }
    self.jobs.append(contentsOf: jobs)
    for action in actions { action() }
  }

  private func runJobs() {
    guard !self.jobs.isEmpty else { return }
    swap(&self.jobs, &self.spareJobs)
    let executor = self.asUnownedTaskExecutor()
    for job in self.spareJobs { job.runSynchronously(on: executor) }
    self.spareJobs.removeAll(keepingCapacity: true)
  }

  private func flush() {
    guard !self.dirty.isEmpty else { return }
    swap(&self.dirty, &self.spareDirty)
    for connection in self.spareDirty { connection.flush() }
    self.spareDirty.removeAll(keepingCapacity: true)
  }
}
