import Foundation
import HTTP2

/// A client's and a server's session and the way between them, in a time of its own: the same at each run.
final class SimulatedLink {
  /// Both ends, in the order of what is kept for each.
  enum End: Int, CaseIterable {
    case client, server

    var other: End { self == .client ? .server : .client }
  }

  private struct Arrival {
    var time: ContinuousClock.Instant
    var bytes: [UInt8]
  }

  private let bytesPerSecond: Double
  private let delay: Duration
  private let time = SimulatedTime()
  private let delegate: LinkDelegate
  private var sessions: [HTTP2Session] = []
  private var isFree: [ContinuousClock.Instant]
  private var arrivals: [[Arrival]] = [[], []]
  private let start: ContinuousClock.Instant

  /// How many PINGs each end has sent, without the answers.
  private(set) var pings = [0, 0]
  /// How many frames with headers or data the client had sent at each PING that it got.
  private(set) var workAtPings: [Int] = []
  /// Called after each arrival.
  var observe: () -> Void = {}

  /// A link of a bandwidth, and a delay in each direction; `makeStream` makes the server's streams.
  init(
    bytesPerSecond: Double, delay: Duration, limits: HTTP2Limits = HTTP2Limits(),
    makeStream: @escaping (SimulatedLink) -> HTTP2Stream
  ) throws {
    self.bytesPerSecond = bytesPerSecond
    self.delay = delay
    let time = self.time
    start = time.now
    isFree = [start, start]
    delegate = LinkDelegate()
    sessions = [
      try HTTP2Session(.client, limits: limits) { time.now },
      try HTTP2Session(.server, limits: limits) { time.now },
    ]
    for session in sessions { session.delegate = delegate }
    delegate.make = { [unowned self] in makeStream(self) }
    delegate.receivedPings = { [unowned self] in workAtPings.append(client.sentWork) }
    // The preface and both SETTINGS.
    try run()
  }

  deinit {
    for session in sessions { session.close() }
  }

  var client: HTTP2Session { sessions[End.client.rawValue] }
  var server: HTTP2Session { sessions[End.server.rawValue] }
  /// How much time has passed.
  var elapsed: Duration { start.duration(to: time.now) }

  /// Lets time pass until nothing is on its way any more.
  func run() throws {
    try send()
    while let end = nextArrival() {
      let arrival = arrivals[end.rawValue].removeFirst()
      time.now = arrival.time
      try arrival.bytes.withUnsafeBytes { try sessions[end.rawValue].receive($0) }
      try send()
      observe()
    }
  }

  /// Where something arrives next.
  private func nextArrival() -> End? {
    End.allCases.filter { !arrivals[$0.rawValue].isEmpty }
      .min { arrivals[$0.rawValue][0].time < arrivals[$1.rawValue][0].time }
  }

  /// Puts what both ends have to say on the way.
  private func send() throws {
    for end in End.allCases {
      while let output = try sessions[end.rawValue].nextOutput() {
        let bytes = Array(output)
        // Each piece of output is one frame.
        if bytes.count == 17, bytes[3] == 6, bytes[4] == 0 { pings[end.rawValue] += 1 }
        let departure =
          max(time.now, isFree[end.rawValue]) + .seconds(Double(bytes.count) / bytesPerSecond)
        isFree[end.rawValue] = departure
        arrivals[end.other.rawValue].append(Arrival(time: departure + delay, bytes: bytes))
      }
    }
  }
}

/// The time on a link.
private final class SimulatedTime {
  var now = ContinuousClock.now
}

/// Hands out the server's streams.
private final class LinkDelegate: HTTP2SessionDelegate {
  var make: () -> HTTP2Stream = { HTTP2Stream() }
  var receivedPings: () -> Void = {}

  func makeStream() -> HTTP2Stream { make() }
  func receivedSettings() {}
  func receivedGoAway(lastStreamID: Int32, code: HTTP2ErrorCode, reason: String) {}
  func receivedPing() { receivedPings() }
  func receivedPingAnswer(_ mark: UInt64) {}
}

/// A request of so many bytes.
final class SendingStream: HTTP2Stream {
  private var remaining: Int

  init(_ count: Int) { remaining = count }

  override func produce(into buffer: UnsafeMutableRawBufferPointer) -> Production {
    let count = min(remaining, buffer.count)
    remaining -= count
    if count > 0, let start = buffer.baseAddress { memset(start, 7, count) }
    return Production(count: count, then: remaining == 0 ? .end : .more)
  }
}

/// A request as the server gets it, which is read at once or never, and answered at its end.
final class ReceivingStream: HTTP2Stream {
  private weak var link: SimulatedLink?
  private let isRead: Bool
  /// How many bytes have come.
  private(set) var count = 0
  /// Whether all have.
  private(set) var hasEnded = false

  init(_ link: SimulatedLink, isRead: Bool) {
    self.link = link
    self.isRead = isRead
  }

  override func receivedData(_ data: UnsafeRawBufferPointer) {
    count += data.count
    if isRead { link?.server.consumed(data.count, of: self) }
  }

  override func receivedEnd() {
    hasEnded = true
    var headers = HTTP2Headers()
    headers.add(":status", "200")
    link?.server.submitWholeResponse(self, headers)
  }
}
