/// Pauses between attempts to reach a server: doubled each time, up to a limit, with full jitter so
/// that many pools do not come back at the same moment.
struct ReconnectBackoff {
  private static let firstDelay: Duration = .milliseconds(50)

  private let maxDelay: Duration
  private var delay = firstDelay
  private var timer: LoopTimer?

  init(maxDelay: Duration) { self.maxDelay = maxDelay }

  /// Whether no attempt may be made now.
  @PostgresLoop var isPausing: Bool { timer?.work != nil }

  @PostgresLoop mutating func succeeded() { delay = Self.firstDelay }

  /// Pauses, then calls back; several failures at once make one pause.
  @PostgresLoop mutating func failed(then: @escaping @PostgresLoop () -> Void) {
    guard !isPausing else { return }
    let pause = delay * Double.random(in: 0.5...1)
    delay = min(delay * 2, maxDelay)
    timer = PostgresLoop.schedule(after: pause, then)
  }
}
