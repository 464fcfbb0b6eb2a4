import Synchronization

/// The one thread of this process that drives all of libpq's sockets.
///
/// A global actor: what it isolates runs on the thread and nowhere else, checked by the compiler.
/// Nothing here blocks. Callers hand work over by ``execute(_:)`` and are resumed by continuations
/// on executors of their own.
@globalActor
actor PostgresLoop {
  static let shared = PostgresLoop()

  private nonisolated let executor = SocketThread()

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Runs work on the thread; what one thread hands over runs in that order.
  nonisolated static func execute(_ work: @escaping @PostgresLoop @Sendable () -> Void) {
    // A closure isolated to a global actor is an ordinary one that the right thread must call.
    shared.executor.enqueue(unsafeBitCast(work, to: (@Sendable () -> Void).self))
  }

  /// Watches a socket until ``unwatch(_:)``; a second call changes the interest.
  @PostgresLoop static func watch(
    _ descriptor: Int32, reading: Bool, writing: Bool, _ handler: any SocketHandler
  ) {
    shared.executor.watch(descriptor, reading: reading, writing: writing, handler)
  }

  @PostgresLoop static func unwatch(_ descriptor: Int32) {
    shared.executor.unwatch(descriptor)
  }

  /// Runs work once the time has come, unless cancelled before.
  @PostgresLoop @discardableResult
  static func schedule(
    after delay: Duration, _ work: @escaping @PostgresLoop () -> Void
  ) -> LoopTimer {
    let timer = LoopTimer(deadline: .now + delay, work: work)
    shared.executor.timers.append(timer)
    return timer
  }
}

/// What is told that a socket is ready.
@PostgresLoop
protocol SocketHandler: AnyObject, Sendable {
  func socketIsReady()
}

/// Work that waits for its time.
@PostgresLoop
final class LoopTimer {
  nonisolated let deadline: ContinuousClock.Instant
  private(set) var work: (@PostgresLoop () -> Void)?

  init(deadline: ContinuousClock.Instant, work: @escaping @PostgresLoop () -> Void) {
    self.deadline = deadline
    self.work = work
  }

  func cancel() { work = nil }

  func fire() {
    let work = work
    self.work = nil
    work?()
  }
}
