import NIOCore

/// Something that must be done by a certain time.
protocol Expiring: AnyObject {
  /// When time is up.
  var deadline: ContinuousClock.Instant? { get }
  /// Where it stands in its queue; nil when it is not in one. The queue's own.
  var deadlineIndex: Int? { get set }
  /// Time is up; it is not in the queue any more.
  func expire()
}

/// The deadlines of all calls of a loop: a heap under a single timer.
///
/// Nearly every call has a deadline and hardly any is reached, so adding and removing must be cheap: the
/// timer is set for the earliest deadline ever added since it was last set, and goes off for nothing if
/// that call has ended.
final class DeadlineQueue: @unchecked Sendable {
  // Unchecked: touched by the loop's thread only.
  private let loop: any EventLoop
  private var heap: [Entry] = []
  private var timer: (time: ContinuousClock.Instant, task: Scheduled<Void>)?

  private struct Entry {
    var time: ContinuousClock.Instant
    var call: any Expiring
  }

  init(_ loop: any EventLoop) {
    self.loop = loop
  }

  /// Adds a call that has a deadline.
  func add(_ call: any Expiring) {
    guard let time = call.deadline, call.deadlineIndex == nil else { return }
    call.deadlineIndex = self.heap.count
    self.heap.append(Entry(time: time, call: call))
    self.siftUp(self.heap.count - 1)
    self.setTimer()
  }

  /// Removes a call; harmless if it is not there.
  func remove(_ call: any Expiring) {
    guard let index = call.deadlineIndex else { return }
    call.deadlineIndex = nil
    let last = self.heap.removeLast()
    guard index < self.heap.count else { return }
    let isEarlier = index > 0 && last.time < self.heap[(index - 1) / 2].time
    self.heap[index] = last
    if isEarlier { self.siftUp(index) } else { self.siftDown(index) }
  }

  private func setTimer() {
    guard let first = self.heap.first else { return }
    if let timer = self.timer {
      guard first.time < timer.time else { return }
      timer.task.cancel()
    }
    let delay = ContinuousClock.now.duration(to: first.time)
    let task = self.loop.scheduleTask(in: TimeAmount(max(.zero, delay))) { self.expire() }
    self.timer = (first.time, task)
  }

  private func expire() {
    self.timer = nil
    let now = ContinuousClock.now
    while let first = self.heap.first, first.time <= now {
      self.remove(first.call)
      first.call.expire()
    }
    self.setTimer()
  }

  /// Moves an entry up to its place.
  ///
  /// Entries change places without being copied: a copy would count the call's references, which many
  /// threads share.
  private func siftUp(_ start: Int) {
    self.heap.withUnsafeMutableBufferPointer { heap in
      let entries = heap.baseAddress.unsafelyUnwrapped
      var index = start
      let entry = (entries + index).move()
      while index > 0 {
        let parent = (index - 1) / 2
        guard entry.time < entries[parent].time else { break }
        Self.move(from: parent, to: index, entries)
        index = parent
      }
      entry.call.deadlineIndex = index
      (entries + index).initialize(to: entry)
    }
  }

  /// Moves an entry down to its place.
  private func siftDown(_ start: Int) {
    self.heap.withUnsafeMutableBufferPointer { heap in
      let entries = heap.baseAddress.unsafelyUnwrapped
      var index = start
      let entry = (entries + index).move()
      while true {
        var child = 2 * index + 1
        guard child < heap.count else { break }
        if child + 1 < heap.count, entries[child + 1].time < entries[child].time { child += 1 }
        guard entries[child].time < entry.time else { break }
        Self.move(from: child, to: index, entries)
        index = child
      }
      entry.call.deadlineIndex = index
      (entries + index).initialize(to: entry)
    }
  }

  /// Moves an entry into a place that holds none.
  private static func move(
    from source: Int, to target: Int, _ entries: UnsafeMutablePointer<Entry>
  ) {
    (entries + target).moveInitialize(from: entries + source, count: 1)
    entries[target].call.deadlineIndex = target
  }
}
