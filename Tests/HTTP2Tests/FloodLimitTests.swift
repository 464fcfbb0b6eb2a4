import HTTP2
import Testing

/// Each kind of frame that does no work is borne as often as the limit says, and not once more.
@Suite struct FloodLimitTests {
  /// A period that does not end while a test runs, so that nothing is forgotten.
  private static let limits = {
    var limits = HTTP2Limits()
    limits.floods.period = .seconds(3_600)
    return limits
  }()

  /// A way to commit an offence: how often it is borne after the hello, and one such frame.
  private struct Offence {
    var limits = FloodLimitTests.limits
    var allowance: Int
    var prepare: (RawFrames) throws -> Void = { _ in }
    var commit: (RawFrames) throws -> Void
  }

  private static func offence(_ kind: FloodGuard.Kind) -> Offence {
    let floods = Self.limits.floods
    switch kind {
    case .ping:
      return Offence(allowance: floods.pings) {
        try $0.send(.ping, [UInt8](repeating: 1, count: 8))
      }
    case .settings:
      // One was the hello.
      return Offence(allowance: floods.settings - 1) { try $0.send(.settings) }
    case .priority:
      return Offence(allowance: floods.priorities) { client in
        try client.send(.priority, stream: 1, [0, 0, 0, 0, 1])
      }
    case .windowUpdate:
      return Offence(allowance: floods.windowUpdates) { client in
        try client.send(.windowUpdate, RawFrames.bytes(1))
      }
    case .emptyData:
      return Offence(allowance: floods.emptyData, prepare: { try $0.open() }) { client in
        try client.send(.data, stream: 1)
      }
    case .reset:
      return Offence(allowance: floods.resets) { client in
        try client.send(.resetStream, stream: try client.open(), RawFrames.bytes(8))
      }
    case .largeHeaders:
      return Offence(allowance: floods.largeHeaders) { client in
        try client.open(
          RawFrames.bomb(value: 3_000, times: 6), flags: RawFrames.endHeaders | RawFrames.endStream)
        // Its stream is out of the way.
        try client.send(.resetStream, stream: client.nextStream - 2, RawFrames.bytes(8))
      }
    case .refusedStream:
      var limits = Self.limits
      limits.concurrentStreams = 1
      return Offence(
        limits: limits, allowance: floods.refusedStreams, prepare: { try $0.open() },
        commit: { try $0.open() })
    case .continuation:
      return Offence(
        allowance: Self.limits.continuations, prepare: { try $0.open(flags: 0) },
        commit: { try $0.send(.continuation, stream: 1, [0x84]) })
    case .unreadAnswers:
      var limits = Self.limits
      limits.floods.pings = .max / 2
      // libnghttp2's own limit of answers that wait.
      return Offence(limits: limits, allowance: 1_000) { client in
        try client.send(.ping, [UInt8](repeating: 1, count: 8), reads: false)
      }
    }
  }

  @Test("as often as allowed, and once more", arguments: FloodGuard.Kind.allCases)
  func limit(kind: FloodGuard.Kind) throws {
    let offence = Self.offence(kind)
    let client = try RawFrames(offence.limits)
    try offence.prepare(client)
    for _ in 0..<offence.allowance { try offence.commit(client) }
    #expect(client.session.offence == nil && !client.session.isFinished)
    #expect(throws: HTTP2Error.flood(kind)) { try offence.commit(client) }
    #expect(client.session.offence == .flood(kind))
  }

  @Test("a reset that the client provokes counts as its own")
  func provokedReset() throws {
    let client = try RawFrames(Self.limits)
    let overflow = RawFrames.bytes(.max)
    for _ in 0..<Self.limits.floods.resets {
      try client.send(.windowUpdate, stream: try client.open(), overflow)
    }
    #expect(client.session.offence == nil)
    try client.send(.windowUpdate, stream: try client.open(), overflow)
    #expect(client.session.offence == .flood(.reset))
  }

  @Test("what was borne is forgotten with its period, and not before")
  func period() throws {
    final class Clock { var now = ContinuousClock.now }
    let clock = Clock()
    let client = try RawFrames(Self.limits) { clock.now }
    let ping = [UInt8](repeating: 1, count: 8)
    for _ in 0..<3 {
      for _ in 0..<Self.limits.floods.pings { try client.send(.ping, ping) }
      clock.now += Self.limits.floods.period
    }
    for _ in 0..<Self.limits.floods.pings { try client.send(.ping, ping) }
    clock.now += Self.limits.floods.period - .nanoseconds(1)
    #expect(throws: HTTP2Error.flood(.ping)) { try client.send(.ping, ping) }
  }

  @Test("work widens what comes with work, and nothing else")
  func progress() throws {
    let client = try RawFrames(Self.limits)
    let work = 50
    for _ in 0..<work { try client.open() }
    let ping = [UInt8](repeating: 1, count: 8)
    for _ in 0..<Self.limits.floods.pings + work { try client.send(.ping, ping) }
    for _ in 0..<Self.limits.floods.windowUpdates + 4 * work {
      try client.send(.windowUpdate, RawFrames.bytes(1))
    }
    for _ in 1..<Self.limits.floods.settings { try client.send(.settings) }
    #expect(client.session.offence == nil)
    #expect(throws: HTTP2Error.flood(.settings)) { try client.send(.settings) }
  }
}
