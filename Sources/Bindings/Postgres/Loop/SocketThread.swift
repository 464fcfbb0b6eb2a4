internal import CPQ
import Glibc
import Synchronization

/// The thread behind ``PostgresLoop``: epoll, a queue of work, and timers.
///
/// Unchecked: everything but `queue` is touched by the thread alone, which `assertOnThread` asserts.
final class SocketThread: SerialExecutor, @unchecked Sendable {
  private enum Work {
    case job(UnownedJob)
    case closure(@Sendable () -> Void)
  }

  private struct Queue {
    var works: [Work] = []
    /// Whether the thread looks at the queue again before it sleeps.
    var isAwake = false
  }

  private static let maxEvents = 64

  private let queue = Mutex(Queue())
  private let poller = Poller()
  private var thread = pthread_t()
  private var handlers: [Int32: any SocketHandler] = [:]
  // Few: one per pool and connection. Looking at all of them is cheaper than keeping them sorted.
  var timers: [LoopTimer] = []

  init() {
    let executor = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { executor in
        if let executor { Unmanaged<SocketThread>.fromOpaque(executor).takeRetainedValue().run() }
        return nil
      }, executor)
    precondition(code == 0, "the system gave no thread for PostgreSQL's sockets")
  }

  // MARK: From any thread

  func enqueue(_ job: consuming ExecutorJob) { enqueue(.job(UnownedJob(job))) }

  func enqueue(_ closure: @escaping @Sendable () -> Void) { enqueue(.closure(closure)) }

  private func enqueue(_ work: Work) {
    let mustWake = queue.withLock { queue in
      queue.works.append(work)
      defer { queue.isAwake = true }
      return !queue.isAwake
    }
    if mustWake { poller.wake() }
  }

  func checkIsolated() {
    precondition(pthread_equal(pthread_self(), thread) != 0, "not on the thread of PostgreSQL")
  }

  func isIsolatingCurrentContext() -> Bool? { pthread_equal(pthread_self(), thread) != 0 }

  // MARK: On the thread

  func watch(_ descriptor: Int32, reading: Bool, writing: Bool, _ handler: any SocketHandler) {
    handlers[descriptor] = handler
    poller.watch(descriptor, reading: reading, writing: writing)
  }

  func unwatch(_ descriptor: Int32) {
    handlers[descriptor] = nil
    poller.unwatch(descriptor)
  }

  private func run() -> Never {
    cpq_name_thread("postgres")
    var works: [Work] = []
    var events: [Int32] = []
    while true {
      runQueue(&works)
      runTimers()
      let mayQuit = queue.withLock { queue in
        queue.isAwake = !queue.works.isEmpty
        return !queue.isAwake
      }
      poller.wait(for: mayQuit ? timeUntilNextTimer() : .zero, into: &events)
      for descriptor in events {
        // A handler may end the watch of a socket whose event is still to come.
        guard let handler = handlers[descriptor] else { continue }
        assumeIsolated { handler.socketIsReady() }
      }
    }
  }

  private func runQueue(_ works: inout [Work]) {
    while true {
      let isEmpty = queue.withLock { queue in
        swap(&queue.works, &works)
        queue.isAwake = true
        return works.isEmpty
      }
      if isEmpty { return }
      for work in works {
        switch work {
        case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
        case .closure(let closure): closure()
        }
      }
      works.removeAll(keepingCapacity: true)
    }
  }

  private func runTimers() {
    guard !timers.isEmpty else { return }
    let now = ContinuousClock.now
    let due = timers.filter { $0.deadline <= now }
    timers.removeAll { timer in timer.deadline <= now || assumeIsolated { timer.work == nil } }
    for timer in due { assumeIsolated { timer.fire() } }
  }

  private func timeUntilNextTimer() -> Duration? {
    guard let next = timers.map(\.deadline).min() else { return nil }
    return Swift.max(.zero, next - .now)
  }

  /// Calls into the actor's isolation, where this thread is.
  private func assumeIsolated<R>(_ body: @PostgresLoop () -> R) -> R {
    withoutActuallyEscaping(body) { body in
      unsafeBitCast(body, to: (() -> R).self)()
    }
  }
}
