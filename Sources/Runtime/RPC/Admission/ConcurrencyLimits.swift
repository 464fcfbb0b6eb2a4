/// How much a server takes on at once.
public struct ConcurrencyLimits: Sendable, Hashable {
  /// The most unary calls at work; the limit that holds is found below it (see `AdaptiveLimit`).
  public var calls: Int
  /// The most unary calls that wait until there is room among them.
  public var waitingCalls: Int
  /// How long one may wait: a queue that was not empty for so long helps nobody, it only delays.
  public var longestWait: Duration
  /// The most streams that are open; the less critical ones get part of them.
  ///
  /// They are counted by themselves: most of them wait for something to happen, which takes nothing of what
  /// calls need.
  public var streams: Int

  /// What `calls` is unless told.
  public static let defaultCalls = 1_024
  /// What `waitingCalls` is unless told.
  public static let defaultWaitingCalls = 1_024
  /// What `longestWait` is unless told.
  public static let defaultLongestWait: Duration = .milliseconds(100)
  /// What `streams` is unless told.
  public static let defaultStreams = 10_000

  /// The limits of a server that says nothing else.
  public init(
    calls: Int = Self.defaultCalls, waitingCalls: Int = Self.defaultWaitingCalls,
    longestWait: Duration = Self.defaultLongestWait, streams: Int = Self.defaultStreams
  ) {
    self.calls = calls
    self.waitingCalls = waitingCalls
    self.longestWait = longestWait
    self.streams = streams
  }

  /// How many streams may be open for one more of this criticality.
  func streams(for criticality: Criticality) -> Int {
    switch criticality {
    case .sheddable: self.streams * 7 / 10
    case .sheddablePlus: self.streams * 8 / 10
    case .critical: self.streams * 9 / 10
    case .criticalPlus: self.streams
    }
  }
}
