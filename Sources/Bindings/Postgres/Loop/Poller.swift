internal import CPQ
import Glibc

/// epoll, and a descriptor that other threads wake it by.
final class Poller: Sendable {
  private static let maxEvents = 64

  private let epoll: Int32
  private let wakeUp: Int32

  init() {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(epoll >= 0 && wakeUp >= 0, "the system has no descriptors left for PostgreSQL")
    watch(wakeUp, reading: true, writing: false)
  }

  func wake() {
    var one: UInt64 = 1
    // Can only fail with EAGAIN, when it is awake many times over.
    _ = write(wakeUp, &one, MemoryLayout<UInt64>.size)
  }

  /// Watches a descriptor, or changes what for.
  ///
  /// libpq may close a socket and open another of the same number while it connects; the system
  /// has then forgotten the first: hence add when there is nothing to change.
  func watch(_ descriptor: Int32, reading: Bool, writing: Bool) {
    var event = epoll_event()
    event.events =
      (reading ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (writing ? EPOLLOUT.rawValue : 0)
    event.data.fd = descriptor
    if epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) != 0 && errno == ENOENT {
      let code = epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
      precondition(code == 0, "epoll refuses a socket: \(String(cString: strerror(errno)))")
    }
  }

  /// To be called before the descriptor is closed.
  func unwatch(_ descriptor: Int32) {
    var event = epoll_event()
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
  }

  /// Waits for events, at most so long, and lists the descriptors that are ready.
  func wait(for timeout: Duration?, into ready: inout [Int32]) {
    ready.removeAll(keepingCapacity: true)
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.maxEvents) { events in
      let count = epoll_wait(
        epoll, events.baseAddress, Int32(Self.maxEvents), Self.milliseconds(timeout))
      for event in events.prefix(Int(max(0, count))) {
        if event.data.fd == wakeUp {
          var value: UInt64 = 0
          _ = read(wakeUp, &value, MemoryLayout<UInt64>.size)
        } else {
          ready.append(event.data.fd)
        }
      }
    }
  }

  /// Rounded up: a timer that fires early would be waited for in a busy loop.
  private static func milliseconds(_ duration: Duration?) -> Int32 {
    guard let duration else { return -1 }
    let (seconds, attoseconds) = duration.components
    let (whole, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
    return Int32(clamping: seconds * 1000 + whole + (rest > 0 ? 1 : 0))
  }
}
