import UnixSignals

/// Work that a person or a supervisor may end: SIGINT and SIGTERM cancel it, once.
enum Interruptible {
  /// How the work ended.
  enum End<Result: Sendable>: Sendable {
    /// By itself.
    case finished(Result)
    /// A signal cancelled it, and it has cleaned up.
    case interrupted
  }

  /// Runs the work; returns when it has ended, cleaning up included.
  ///
  /// - Parameter onSignal: called when the work is told to end.
  static func run<Result: Sendable>(
    onSignal: @escaping @Sendable () -> Void,
    _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> End<Result> {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let task = Task { try await work() }
    let listener = Task {
      // Further signals are taken and mean nothing: it is stopping already.
      for await _ in signals where !task.isCancelled {
        onSignal()
        task.cancel()
      }
    }
    defer { listener.cancel() }
    do {
      return .finished(try await task.value)
    } catch {
      guard task.isCancelled else { throw error }
      return .interrupted
    }
  }
}
