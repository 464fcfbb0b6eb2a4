internal import DequeModule

/// The windows of the callers of one class, in bounded memory.
///
/// Only windows in which nothing is remembered are dropped: forgetting a caller earlier would admit it anew. When
/// there is no room for one more, new callers share windows, each of which admits the limit: nobody gets more than
/// it. A caller stays with a shared window until that is empty.
struct SlidingWindows<Caller: Hashable & Sendable>: Sendable {
  /// How many windows those share for whom there is no room.
  static var sharedCount: Int { 1024 }
  /// How many windows are looked at for dropping when a request comes: more than one, so that they go faster than
  /// new ones come.
  private static var looks: Int { 2 }

  private let width: Int64
  private let capacity: Int
  private var windows: [Caller: SlidingWindow] = [:]
  /// Each caller with a window of its own once, and when to look whether it is empty.
  private var queue: Deque<(due: Int64, caller: Caller)> = []
  private var shared: [SlidingWindow] = []

  /// Makes room for so many callers.
  init(width: Int64, capacity: Int) {
    self.width = width
    self.capacity = capacity
  }

  /// How many callers have windows of their own.
  var count: Int { windows.count }

  /// Admits a request of a caller if the limit allows it.
  mutating func admit(_ caller: Caller, at now: Int64, limit: Int) -> SlidingWindow.Verdict {
    dropEmpty(at: now)
    if windows[caller] != nil || hasRoom(for: caller, at: now) {
      return admitAlone(caller, at: now, limit: limit)
    }
    return shared[Self.place(of: caller)].admit(at: now, limit: limit, width: width)
  }

  /// Takes back a request that was admitted at that time.
  mutating func withdraw(_ caller: Caller, admittedAt time: Int64) {
    if windows[caller] != nil {
      windows[caller]?.withdraw(admittedAt: time)
    } else if !shared.isEmpty {
      shared[Self.place(of: caller)].withdraw(admittedAt: time)
    }
  }

  private mutating func admitAlone(
    _ caller: Caller, at now: Int64, limit: Int
  ) -> SlidingWindow.Verdict {
    if windows[caller] == nil { queue.append((due: now + width, caller: caller)) }
    return windows[caller, default: SlidingWindow()].admit(at: now, limit: limit, width: width)
  }

  /// Whether a caller without a window of its own may have one: there is room, and it does not have to stay with a
  /// shared one.
  private mutating func hasRoom(for caller: Caller, at now: Int64) -> Bool {
    guard windows.count < capacity else {
      if shared.isEmpty {
        shared = Array(repeating: SlidingWindow(), count: Self.sharedCount)
      }
      return false
    }
    return shared.isEmpty || shared[Self.place(of: caller)].isEmpty(at: now, width: width)
  }

  private mutating func dropEmpty(at now: Int64) {
    for _ in 0..<Self.looks {
      guard let (due, caller) = queue.first, due <= now else { return }
      queue.removeFirst()
      if windows[caller]?.isEmpty(at: now, width: width) ?? true {
        windows[caller] = nil
      } else {
        queue.append((due: (windows[caller]?.newest ?? now) + width, caller: caller))
      }
    }
  }

  /// The hash differs from process to process: nobody outside knows whom one shares with.
  private static func place(of caller: Caller) -> Int {
    Int(UInt(bitPattern: caller.hashValue) % UInt(sharedCount))
  }
}
