import NIOCore

/// Counts the pings of a client that come sooner than they may (gRFC A8, "Server Enforcement").
struct PingStrikes {
  private let management: ConnectionManagement
  private var strikes = 0
  private var last: NIODeadline?
  private var seenWork = 0

  init(_ management: ConnectionManagement) {
    self.management = management
  }

  /// Counts a ping.
  ///
  /// - Parameters:
  ///   - hasCalls: whether calls are under way.
  ///   - sentWork: how many frames with headers or data have been sent to the client: since a client may
  ///     measure what it receives, those clear the count, and the next ping is free.
  /// - Returns: Whether it is one too many.
  mutating func note(at now: NIODeadline, hasCalls: Bool, sentWork: Int) -> Bool {
    defer { self.last = now }
    if self.seenWork != sentWork {
      self.seenWork = sentWork
      self.strikes = 0
      self.last = nil
    }
    guard let last = self.last else { return false }
    let interval =
      hasCalls ? self.management.minimumPingInterval : self.management.minimumIdlePingInterval
    guard now - last < TimeAmount(interval) else { return false }
    self.strikes += 1
    return self.strikes > self.management.pingStrikes
  }
}
