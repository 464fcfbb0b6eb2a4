public import Postgres
import RPC
import Synchronization

/// Does the work of many callers in few transactions of the database.
///
/// While fewer batches than ``GroupCommitLimits/batches`` are under way, what a caller brings starts at once and by itself: nobody
/// lingers for company. What comes meanwhile waits, and goes together into the next transaction: one COMMIT and a few statements
/// for all of it. Operations of one key are done in the order in which they came, by one batch at a time; keys take turns, so that
/// one with many operations keeps no other waiting.
///
/// What one operation is refused is its own affair: the others of its batch go on. When a statement fails that works for all of
/// them, each is done again by itself. The work must look first whether it has been done: a transaction whose outcome is not
/// known is repeated (``PostgresPool/transactionUntilKnown(_:)``).
public final class GroupCommit<Key: Hashable & Sendable, Operation: Sendable, Outcome: Sendable>:
  Sendable
{
  /// What a caller has brought.
  public struct Submission: Sendable {
    /// What its order is kept by: the row that the work locks.
    public let key: Key
    /// What is to be done.
    public let operation: Operation
    /// Whom it is done for: what is decided and told for it runs in there.
    public let origin: CallOrigin

    /// What the task at hand brings, or somebody it works for.
    public init(key: Key, operation: Operation, origin: CallOrigin = .current) {
      self.key = key
      self.operation = operation
      self.origin = origin
    }
  }

  /// Does all of a batch in one transaction: an outcome for each, in the same order.
  ///
  /// It locks the rows of the keys in one order of all keys, so that no two batches wait for each other. What it throws
  /// undoes the batch.
  public typealias Work =
    @Sendable (_ batch: [Submission], _ transaction: PostgresTransaction) async throws
    -> [Result<Outcome, any Error>]

  private let database: PostgresPool
  private let limits: GroupCommitLimits
  private let work: Work
  private let state = Mutex(State())

  private struct State {
    var waiting = WaitingLines<Key, Caller>()
    var underWay = 0
  }

  /// Somebody who waits for an outcome; its variables belong to the lock.
  private final class Caller: @unchecked Sendable {
    let submission: Submission
    var continuation: UnsafeContinuation<Outcome, any Error>?
    var isCancelled = false
    /// Where it waits; nil before it does.
    var place: Int?
    /// The batch that does its work; nil while it waits for one.
    var batch: Batch?

    init(_ submission: Submission) { self.submission = submission }
  }

  /// Callers whose work is done together; its task belongs to the lock.
  private final class Batch: @unchecked Sendable {
    let callers: [Caller]
    var task: Task<Void, Never>?

    init(_ callers: [Caller]) { self.callers = callers }

    var isAbandoned: Bool { callers.allSatisfy(\.isCancelled) }
  }

  /// Prepares for work; nothing runs until somebody brings some.
  public init(_ database: PostgresPool, _ limits: GroupCommitLimits, work: @escaping Work) {
    self.database = database
    self.limits = limits
    self.work = work
  }

  /// Does an operation, by itself or with what others bring, and returns when it is committed.
  ///
  /// A caller that is cancelled while it waits leaves. One whose work has begun learns its outcome; if all of a batch are
  /// cancelled, its transaction is.
  ///
  /// - Throws: What the operation is refused; a `PostgresError`, whose `outcomeUnknown` says that nobody has learned whether
  ///   it was done; RESOURCE_EXHAUSTED when too many wait.
  public func perform(_ operation: Operation, of key: Key) async throws -> Outcome {
    let caller = Caller(Submission(key: key, operation: operation))
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in enqueue(caller, continuation) }
    } onCancel: {
      cancel(caller)
    }
  }

  private func enqueue(
    _ caller: Caller, _ continuation: UnsafeContinuation<Outcome, any Error>
  ) {
    let refusal = state.withLock { state -> (any Error)? in
      if caller.isCancelled { return CancellationError() }
      guard state.waiting.count < limits.waiting else { return Self.tooManyWait(limits.waiting) }
      caller.continuation = continuation
      caller.place = state.waiting.append(caller, to: caller.submission.key)
      return nil
    }
    if let refusal { return continuation.resume(throwing: refusal) }
    startBatches()
  }

  private func cancel(_ caller: Caller) {
    let (continuation, task) = state.withLock {
      state -> (UnsafeContinuation<Outcome, any Error>?, Task<Void, Never>?) in
      caller.isCancelled = true
      if let batch = caller.batch { return (nil, batch.isAbandoned ? batch.task : nil) }
      if let place = caller.place { state.waiting.remove(at: place, from: caller.submission.key) }
      defer { caller.continuation = nil }
      return (caller.continuation, nil)
    }
    continuation?.resume(throwing: CancellationError())
    task?.cancel()
  }

  private static func tooManyWait(_ limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, "\(limit) changes wait for the database already, which is the limit")
  }

  /// How many wait for a batch.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  // MARK: - Batches

  private func startBatches() {
    while let batch = state.withLock({ takeBatch(&$0) }) {
      // Neither of one caller's task nor cancelled with it. It begins on this thread, where its first statement is sent.
      let task = Task.immediateDetached {
        await self.perform(batch.callers, isUnknown: false)
        self.end(batch)
      }
      let isAbandoned = state.withLock { _ in
        batch.task = task
        return batch.isAbandoned
      }
      if isAbandoned { task.cancel() }
    }
  }

  /// What waits and may be done now, within the limit: not what comes behind a key of another batch.
  private func takeBatch(_ state: inout State) -> Batch? {
    guard state.underWay < limits.batches else { return nil }
    let taken = state.waiting.take(limits.batchSize)
    guard !taken.isEmpty else { return nil }
    state.underWay += 1
    let batch = Batch(taken)
    for caller in taken { caller.batch = batch }
    return batch
  }

  private func end(_ batch: Batch) {
    state.withLock { state in
      state.underWay -= 1
      for caller in batch.callers {
        // The two hold each other.
        caller.batch = nil
        // It has been resumed: who is cancelled from now on has left.
        caller.continuation = nil
      }
      for key in Set(batch.callers.map(\.submission.key)) { state.waiting.release(key) }
    }
    startBatches()
  }

  /// - Parameter isUnknown: whether an attempt has not learned what became of it.
  private func perform(_ callers: [Caller], isUnknown: Bool) async {
    do {
      let outcomes = try await commit(callers.map(\.submission))
      for (caller, outcome) in zip(callers, outcomes) { caller.continuation?.resume(with: outcome) }
    } catch {
      var (reason, isUnknown) = (error, isUnknown)
      if var failure = error as? PostgresError {
        isUnknown = isUnknown || failure.outcomeUnknown
        failure.outcomeUnknown = isUnknown
        reason = failure
      }
      guard callers.count > 1, error.isOfOneAlone else {
        for caller in callers { caller.continuation?.resume(throwing: reason) }
        return
      }
      for caller in callers { await perform([caller], isUnknown: isUnknown) }
    }
  }

  private func commit(
    _ batch: [Submission]
  ) async throws -> [Result<Outcome, any Error>] {
    let outcomes = try await database.transactionUntilKnown { transaction in
      try await work(batch, transaction)
    }
    precondition(outcomes.count == batch.count, "each of a batch has one outcome")
    return outcomes
  }
}

extension Error {
  /// Whether one operation of a batch may be the reason: not what the connection or the server is.
  ///
  /// Nor what the server had no time for (`queryCanceled`): hundreds alone could each take as long.
  fileprivate var isOfOneAlone: Bool {
    guard let error = self as? PostgresError else { return !(self is CancellationError) }
    return switch error.code {
    case .serializationFailure, .deadlockDetected, .lockNotAvailable, .decodingFailed,
      .invalidParameter:
      true
    default: ["22", "23"].contains(error.code.sqlStateClass)
    }
  }
}
