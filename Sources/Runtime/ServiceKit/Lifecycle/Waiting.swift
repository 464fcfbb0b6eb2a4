/// Runs `body` and waits for it, at most for `limit`.
///
/// - Returns: whether it ended; if not, it goes on by itself, cancelled.
@discardableResult
func ends(within limit: Duration, _ body: @escaping @Sendable () async -> Void) async -> Bool {
  let (ends, continuation) = AsyncStream.makeStream(of: Bool.self)
  let work = Task {
    await body()
    continuation.yield(true)
  }
  let timer = Task {
    do { try await Task.sleep(for: limit) } catch { return }
    continuation.yield(false)
  }
  defer {
    work.cancel()
    timer.cancel()
  }
  // In a task of its own: the caller may be cancelled and still has to wait.
  return await Task { await ends.first { _ in true } ?? false }.value
}
