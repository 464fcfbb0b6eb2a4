import HTTP2
import Testing

/// How much a peer may send: enough for the way, and not too much for us.
@Suite struct WindowTests {
  /// A link, the server's streams as they come, and a way to make requests.
  private final class Fixture {
    let link: SimulatedLink
    private let streams: Streams
    var received: [ReceivingStream] { streams.all }

    private final class Streams {
      var all: [ReceivingStream] = []
    }

    /// - Parameter unread: the streams that the server does not read, numbered from 0.
    init(
      megabytesPerSecond: Double, delay: Duration, unread: Set<Int> = [],
      _ change: (inout HTTP2Limits) -> Void = { _ in }
    ) throws {
      var limits = HTTP2Limits()
      change(&limits)
      let streams = Streams()
      self.streams = streams
      link = try SimulatedLink(
        bytesPerSecond: megabytesPerSecond * 1e6, delay: delay, limits: limits
      ) { link in
        let stream = ReceivingStream(link, isRead: !unread.contains(streams.all.count))
        streams.all.append(stream)
        return stream
      }
    }

    @discardableResult
    func request(_ count: Int) throws -> SendingStream {
      let stream = SendingStream(count)
      var headers = HTTP2Headers()
      for (name, value) in [
        (":method", "POST"), (":scheme", "http"), (":path", "/"), (":authority", "localhost"),
      ] {
        headers.add(name, value)
      }
      try link.client.submitRequest(stream, headers)
      return stream
    }
  }

  @Test("on a long and fast way the window grows to what fits on it")
  func growth() throws {
    // 125 MB/s and 50 ms there and back: 6.25 MB. Without growth, 100 MB would take 76 s.
    let fixture = try Fixture(megabytesPerSecond: 125, delay: .milliseconds(25))
    try fixture.request(100_000_000)
    try fixture.link.run()
    #expect(fixture.received[0].count == 100_000_000)
    #expect(fixture.link.server.bandwidthDelayProduct > 6_250_000)
    // 0.8 s at full speed, and some twenty round trips until it is reached.
    #expect(fixture.link.elapsed < .seconds(2))
  }

  @Test("on a short or slow way it hardly grows", arguments: [1, 10, 100] as [Double])
  func noGrowth(megabytesPerSecond: Double) throws {
    let fixture = try Fixture(
      megabytesPerSecond: megabytesPerSecond, delay: .microseconds(50))
    try fixture.request(20_000_000)
    try fixture.link.run()
    #expect(fixture.received[0].count == 20_000_000)
    #expect(fixture.link.server.bandwidthDelayProduct <= 256 * 1024)
    // It is not what holds the stream up.
    #expect(fixture.link.elapsed < .seconds(20 / megabytesPerSecond * 1.05))
  }

  @Test("it does not grow beyond the limit, nor do all together beyond the pool")
  func limits() throws {
    let fixture = try Fixture(megabytesPerSecond: 10_000, delay: .milliseconds(50)) {
      $0.maximumStreamWindowBytes = 4 << 20
      $0.windowPoolBytes = 8 << 20
      $0.connectionWindowBytes = 64 << 20
    }
    var most = 0
    fixture.link.observe = { [unowned fixture] in
      most = max(most, fixture.link.server.streamWindowBytes)
    }
    for _ in 0..<20 { try fixture.request(50_000_000) }
    try fixture.link.run()
    #expect(fixture.received.allSatisfy { $0.count == 50_000_000 })
    #expect(fixture.link.server.bandwidthDelayProduct == 4 << 20)
    #expect(most > 6 << 20 && most <= 8 << 20 + 20 * 64 << 10)
    // All have given back what they had.
    #expect(fixture.link.server.streamWindowBytes == 0)
    most = 0
    try fixture.request(100_000_000)
    try fixture.link.run()
    #expect(most > 3 << 20 && most <= 4 << 20)
  }

  @Test("a connection with small messages is not measured")
  func smallMessages() throws {
    let fixture = try Fixture(megabytesPerSecond: 125, delay: .milliseconds(1))
    for _ in 0..<100 {
      for _ in 0..<10 { try fixture.request(1_000) }
      try fixture.link.run()
    }
    #expect(fixture.received.count == 1_000 && fixture.received.allSatisfy(\.hasEnded))
    #expect(fixture.link.pings == [0, 0])
  }

  @Test("data is sent between any two measurements, so that no server takes them for strikes")
  func measurements() throws {
    let fixture = try Fixture(megabytesPerSecond: 125, delay: .milliseconds(25))
    for _ in 0..<3 { try fixture.request(30_000_000) }
    try fixture.link.run()
    let work = fixture.link.workAtPings
    #expect(work.count > 3)
    #expect(zip(work, work.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("a stream that is not read holds up no other, and holds no more than its window")
  func unreadStream() throws {
    let fixture = try Fixture(megabytesPerSecond: 125, delay: .milliseconds(1), unread: [0])
    let stuck = try fixture.request(50_000_000)
    try fixture.link.run()
    #expect(fixture.received[0].count == 64 * 1024 && stuck.isOpen)
    // More than the window of the connection.
    for _ in 0..<5 { try fixture.request(20_000_000) }
    try fixture.link.run()
    #expect(fixture.received.count == 6)
    #expect(fixture.received[1...].allSatisfy { $0.count == 20_000_000 && $0.hasEnded })
    #expect(fixture.received[0].count == 64 * 1024)
  }
}
