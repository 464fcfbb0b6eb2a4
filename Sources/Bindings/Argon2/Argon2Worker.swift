internal import Dispatch
internal import Synchronization

/// Runs password hashes on threads of its own, a few at a time.
///
/// A hash takes tens of milliseconds and megabytes: run on an event loop it would stop every other
/// call of that loop, and run without a limit it would take the whole machine. Work beyond the
/// limits is refused at once, so that a flood of log-ins cannot build a queue.
public final class Argon2Worker: Sendable {
  /// How many hashes run at once, unless stated otherwise.
  public static let defaultMaximumRunning = 2
  /// How many callers may wait, unless stated otherwise: less than a second's work.
  public static let defaultMaximumWaiting = 32

  /// Work, and whether somebody waits for it still; given an error it passes that on instead.
  private struct Job: Sendable {
    let cancellation: Cancellation
    /// Does the work, and returns what tells its caller.
    let run: @Sendable (Argon2Error?) -> @Sendable () -> Void
  }

  private struct State {
    var running = 0
    var waiting: [Job] = []
  }

  private let maximumRunning: Int
  private let maximumWaiting: Int
  private let state = Mutex(State())
  private let threads = DispatchQueue(label: "argon2", attributes: .concurrent)

  /// A worker with its limits; at least one hash runs at a time.
  public init(
    maximumRunning: Int = Argon2Worker.defaultMaximumRunning,
    maximumWaiting: Int = Argon2Worker.defaultMaximumWaiting
  ) {
    precondition(maximumRunning > 0 && maximumWaiting >= 0, "limits must be positive")
    self.maximumRunning = maximumRunning
    self.maximumWaiting = maximumWaiting
  }

  /// Runs `work` on a thread of the worker, now or in its turn.
  ///
  /// A caller that is cancelled while it waits, as it is when its call's deadline passes, leaves its place at
  /// once to others: nothing is hashed for nobody.
  ///
  /// - Throws: what `work` throws; ``Argon2Error/overloaded(waiting:)`` when too many wait;
  ///   ``Argon2Error/cancelled`` when the task was cancelled before its turn.
  public func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws(Argon2Error) -> Value
  ) async throws(Argon2Error) -> Value {
    let cancellation = Cancellation()
    let result: Result<Value, Argon2Error> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let job = Job(cancellation: cancellation) { refusal in
          let result: Result<Value, Argon2Error>
          do throws(Argon2Error) {
            if let refusal { throw refusal }
            if cancellation.isRequested { throw .cancelled }
            result = .success(try work())
          } catch {
            result = .failure(error)
          }
          return { continuation.resume(returning: result) }
        }
        if let refusal = enqueue(job) { job.run(refusal)() }
      }
    } onCancel: {
      cancellation.request()
      leave(cancellation)
    }
    return try result.get()
  }

  /// Takes a job out of the queue, if it waits there.
  private func leave(_ cancellation: Cancellation) {
    let job = state.withLock { state -> Job? in
      state.waiting.firstIndex { $0.cancellation === cancellation }.map {
        state.waiting.remove(at: $0)
      }
    }
    job?.run(.cancelled)()
  }

  /// Starts the job or lets it wait; returns why if it may do neither.
  private func enqueue(_ job: Job) -> Argon2Error? {
    enum Decision { case start, wait, refuse(Argon2Error) }
    let decision = state.withLock { state -> Decision in
      // Under the lock: whoever cancels later finds the job in the queue.
      if job.cancellation.isRequested { return .refuse(.cancelled) }
      if state.running < maximumRunning {
        state.running += 1
        return .start
      }
      guard state.waiting.count < maximumWaiting else {
        return .refuse(.overloaded(waiting: state.waiting.count))
      }
      state.waiting.append(job)
      return .wait
    }
    switch decision {
    case .start: threads.async { [self] in work(startingWith: job) }
    case .wait: break
    case .refuse(let error): return error
    }
    return nil
  }

  private func work(startingWith first: Job) {
    var next: Job? = first
    while let job = next {
      let tellCaller = job.run(nil)
      next = state.withLock { state in
        if state.waiting.isEmpty {
          state.running -= 1
          return nil
        }
        return state.waiting.removeFirst()
      }
      // Its place is free by now: a caller that asks again at once is not refused for its own sake.
      tellCaller()
    }
  }
}

/// Whether the caller still wants the result.
private final class Cancellation: Sendable {
  private let requested = Atomic(false)

  var isRequested: Bool { requested.load(ordering: .relaxed) }

  func request() { requested.store(true, ordering: .relaxed) }
}
