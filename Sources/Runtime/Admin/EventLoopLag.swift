import NIOCore
import Observability

/// How late event loops are: whatever keeps one busy keeps all its connections waiting.
struct EventLoopLag: Sendable {
  /// How often each loop is asked.
  static let interval: TimeAmount = .milliseconds(250)

  private let tasks: [RepeatedTask]

  /// Asks every loop of a group from now on.
  init(of group: any EventLoopGroup, _ metrics: MetricsRegistry) {
    let lag = metrics.histogram(
      "event_loop_lag_seconds", "How much later than asked an event loop ran a task.", .latency)
    var tasks: [RepeatedTask] = []
    for loop in group.makeIterator() {
      let next = NIOLoopBoundBox.makeBoxSendingValue(
        NIODeadline.now() + Self.interval, eventLoop: loop)
      tasks.append(
        loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
          let now = NIODeadline.now()
          lag.record(UInt64(max(0, (now - next.value).nanoseconds)))
          next.value = now + Self.interval
        })
    }
    self.tasks = tasks
  }

  /// Asks no more.
  func stop() {
    for task in tasks { task.cancel() }
  }
}
