import HTTP2
import RPC
import Synchronization

// What stands around a server's streams, without a socket, a clock or a second thread. The streams, the session
// and the router are the real ones; these have the names that the streams know.

/// What all connections share.
final class ServerEnvironment: Sendable {
  struct Configuration: Sendable {
    var compression: Compression
  }

  let router: RPCRouter
  let configuration: Configuration
  let limits = CallLimits(messageBytes: 64 * 1024, bufferedBytes: 4 * 1024)

  init(_ router: RPCRouter, compression: Compression) {
    self.router = router
    self.configuration = Configuration(compression: compression)
  }
}

/// Runs jobs when it is told to.
final class EventLoopExecutor: TaskExecutor, @unchecked Sendable {
  // Unchecked: the queue of deadlines is touched by one thread only.
  let deadlines = DeadlineQueue()
  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    self.jobs.withLock { $0.append(job) }
  }

  func run(_ action: @escaping @Sendable () -> Void) { action() }

  /// Runs what there is, and what comes of it.
  func drain() {
    while true {
      let jobs = self.jobs.withLock { jobs in
        defer { jobs = [] }
        return jobs
      }
      if jobs.isEmpty { return }
      for job in jobs { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }
}

/// Something that must be done by a certain time.
protocol Expiring: AnyObject {
  var deadline: ContinuousClock.Instant? { get }
  var deadlineIndex: Int? { get set }
  func expire()
}

/// Calls whose time is up when the input says so.
final class DeadlineQueue {
  private var calls: [any Expiring] = []

  func add(_ call: any Expiring) { self.calls.append(call) }

  func remove(_ call: any Expiring) { self.calls.removeAll { $0 === call } }

  /// The time of the call that came first is up.
  func expireFirst() {
    guard !self.calls.isEmpty else { return }
    self.calls.removeFirst().expire()
  }
}

/// One connection.
final class ServerConnection: HTTP2SessionDelegate, @unchecked Sendable {
  // Unchecked: touched by one thread only.
  /// As much as some small calls, so that it is used up now and then.
  private static let heldBytes = 100_000

  let server: ServerEnvironment
  let session: HTTP2Session
  let executor = EventLoopExecutor()
  let requestBudget = MemoryBudget(limit: ServerConnection.heldBytes)
  let responseBudget = MemoryBudget(limit: ServerConnection.heldBytes)
  let peer: PeerIdentity? = PeerIdentity(service: "gateway")
  var streamingCalls = 0
  private(set) var handlerCount = 0
  private var ready: [ServerStream] = []
  private var actions: [() -> Void] = []

  init(_ server: ServerEnvironment, _ limits: HTTP2Limits) throws(HTTP2Error) {
    self.server = server
    self.session = try HTTP2Session(.server, limits: limits)
    self.session.delegate = self
  }

  func makeStream() -> HTTP2Stream { ServerStream(self) }
  func receivedSettings() {}
  func receivedGoAway(lastStreamID: Int32, code: HTTP2ErrorCode, reason: String) {}
  func receivedPing() {}
  func receivedPingAnswer(_ mark: UInt64) {}

  func flushLater() {}
  func handlerBegan() { self.handlerCount += 1 }
  func handlerEnded() { self.handlerCount -= 1 }
  func startLater(_ stream: ServerStream) { self.ready.append(stream) }
  func doLater(_ action: @escaping () -> Void) { self.actions.append(action) }
  func report(_ error: RPCError, in call: ServerCall) {}

  /// Does what the streams have put off.
  func settle() {
    self.executor.drain()
    while !(self.ready.isEmpty && self.actions.isEmpty) {
      let (ready, actions) = (self.ready, self.actions)
      self.ready = []
      self.actions = []
      for stream in ready { stream.start() }
      for action in actions { action() }
      self.executor.drain()
    }
  }

  /// Asks all streams whether their client stalls.
  func lookForStalls() {
    self.session.forEachStream { _ = ($0 as? ServerStream)?.isStalled() }
  }
}
