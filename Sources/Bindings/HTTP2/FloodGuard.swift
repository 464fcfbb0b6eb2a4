/// Counts the frames that cost work and do none, and says when there are too many.
///
/// Every kind has an allowance for each period. Honest peers send some kinds in proportion to what is
/// done for them (a WINDOW_UPDATE for what they have read, a PING to measure a busy connection), so
/// progress widens those allowances. The clock is only read when an allowance is used up.
public struct FloodGuard: Sendable {
  /// What is counted.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// PING (CVE-2019-9512).
    case ping = "PING"
    /// SETTINGS (CVE-2019-9515).
    case settings = "SETTINGS"
    /// PRIORITY (CVE-2019-9513).
    case priority = "PRIORITY"
    /// WINDOW_UPDATE.
    case windowUpdate = "WINDOW_UPDATE"
    /// DATA without data that does not end its stream (CVE-2019-9518).
    case emptyData = "empty DATA"
    /// Streams reset by the peer (CVE-2023-44487), or by us for an offence (CVE-2025-8671).
    case reset = "stream resets"
    /// Header blocks over the limit.
    case largeHeaders = "large headers"
    /// Streams over the limit, which were refused.
    case refusedStream = "streams over the limit"
    /// CONTINUATION frames of one header block (CVE-2024-28182); libnghttp2 counts them.
    case continuation = "CONTINUATION"
    /// Answers to PING and SETTINGS that the peer does not read; libnghttp2 counts them.
    case unreadAnswers = "unread answers"

    /// The name in snake case, for a counter.
    public var counterName: String {
      switch self {
      case .ping: "ping"
      case .settings: "settings"
      case .priority: "priority"
      case .windowUpdate: "window_update"
      case .emptyData: "empty_data"
      case .reset: "reset"
      case .largeHeaders: "large_headers"
      case .refusedStream: "refused_stream"
      case .continuation: "continuation"
      case .unreadAnswers: "unread_answers"
      }
    }
  }

  /// How many of each kind are allowed in a period.
  public struct Limits: Sendable, Hashable {
    /// The length of a period.
    public var period: Duration = .seconds(1)
    /// PING frames, widened by progress.
    public var pings = 200
    /// SETTINGS frames.
    public var settings = 50
    /// PRIORITY frames, widened by progress.
    public var priorities = 200
    /// WINDOW_UPDATE frames, widened by progress.
    public var windowUpdates = 500
    /// DATA frames without data.
    public var emptyData = 100
    /// Streams reset for the peer or because of it.
    public var resets = 200
    /// Header blocks over the limit.
    public var largeHeaders = 20
    /// Streams over the limit: what a client may open before it has read the limit, and some more.
    public var refusedStreams = 1_000

    /// The limits for the connections of a mesh.
    public init() {}

    /// The allowance of a kind, given the frames that did work in the period.
    func allowance(_ kind: Kind, progress: Int) -> Int {
      switch kind {
      case .ping: self.pings + progress
      case .settings: self.settings
      case .priority: self.priorities + progress
      case .windowUpdate: self.windowUpdates + 4 * progress
      case .emptyData: self.emptyData
      case .reset: self.resets
      case .largeHeaders: self.largeHeaders
      case .refusedStream: self.refusedStreams
      // They are reported when there are too many.
      case .continuation, .unreadAnswers: 0
      }
    }
  }

  private let limits: Limits
  private var counts = [Int](repeating: 0, count: Kind.allCases.count)
  private var progress = 0
  private var periodStart: ContinuousClock.Instant

  /// Creates a guard that has counted nothing.
  public init(_ limits: Limits, now: ContinuousClock.Instant = .now) {
    self.limits = limits
    self.periodStart = now
  }

  /// Counts a frame that did work: one that opened a stream, or carried data in either direction.
  public mutating func noteProgress() {
    self.progress &+= 1
  }

  /// Counts a frame that did none.
  ///
  /// - Returns: Whether it is one too many.
  public mutating func note(
    _ kind: Kind, now: @autoclosure () -> ContinuousClock.Instant = .now
  ) -> Bool {
    let index = kind.index
    self.counts[index] += 1
    guard self.counts[index] > self.limits.allowance(kind, progress: self.progress) else {
      return false
    }
    let now = now()
    guard now - self.periodStart >= self.limits.period else { return true }
    self.periodStart = now
    self.progress = 0
    for other in self.counts.indices { self.counts[other] = 0 }
    self.counts[index] = 1
    return false
  }
}

extension FloodGuard.Kind {
  fileprivate var index: Int {
    switch self {
    case .ping: 0
    case .settings: 1
    case .priority: 2
    case .windowUpdate: 3
    case .emptyData: 4
    case .reset: 5
    case .largeHeaders: 6
    case .refusedStream: 7
    case .continuation: 8
    case .unreadAnswers: 9
    }
  }
}
