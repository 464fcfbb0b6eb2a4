import DequeModule
internal import Dispatch
import Synchronization

/// Threads for handlers that block or compute, so that no event loop waits for them.
///
/// A handler on an event loop is the cheapest, as long as it never holds its thread: while it does, every
/// connection of that loop stands still. What must hold a thread, such as a library that waits or a long
/// computation, runs here: see ``OffLoop``. What is too much waits in the pool's queue, in turn, and is
/// dropped if its deadline passes there.
public final class BlockingPool: TaskExecutor {
  /// The most threads that a pool may have: Dispatch starts no more on Linux.
  public static let largestSize = 64

  /// The name of the threads.
  public let name: String
  /// How many handlers run at once.
  public let size: Int
  private let queue: DispatchQueue
  private let state = Mutex(State())

  private struct State {
    var jobs = Deque<UnownedJob>()
    /// How many threads are at it.
    var threads = 0
  }

  /// A pool; its threads start when they are needed, and go when there is nothing to do.
  ///
  /// - Precondition: `size` is 1 to ``largestSize``.
  public init(name: String, size: Int) {
    precondition(
      (1...Self.largestSize).contains(size), "a pool has 1 to \(Self.largestSize) threads")
    self.name = name
    self.size = size
    self.queue = DispatchQueue(label: name, attributes: .concurrent)
  }

  /// Runs a task's next job on one of the threads.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let startsThread = self.state.withLock { state in
      state.jobs.append(job)
      guard state.threads < self.size else { return false }
      state.threads += 1
      return true
    }
    if startsThread { self.queue.async { self.work() } }
  }

  /// How many jobs wait for a thread.
  public var waitingJobs: Int { self.state.withLock { $0.jobs.count } }

  private func work() {
    let executor = self.asUnownedTaskExecutor()
    while let job = self.next() { job.runSynchronously(on: executor) }
  }

  private func next() -> UnownedJob? {
    self.state.withLock { state in
      if let job = state.jobs.popFirst() { return job }
      state.threads -= 1
      return nil
    }
  }
}
