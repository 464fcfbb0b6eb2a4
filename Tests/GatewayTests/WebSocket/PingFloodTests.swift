import NIOCore
import NIOEmbedded
import NIOWebSocket
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("Pings of a client that does not read")
struct PingFloodTests {
  @Test("A client that sends pings and takes no pong is closed in time")
  func neverReads() async throws {
    var configuration = GatewayConfiguration.patient
    configuration.limits.webSocket.socketBytes = 16 * 1024
    configuration.limits.webSocket.stallTimeout = .milliseconds(300)
    configuration.limits.webSocket.messageBurst = .max
    try await LiveGateway.run(configuration) { live in
      let socket = try await TestWebSocket.open(live, receiveBuffer: 4096)
      try await socket.connection.setReading(false)
      let pings = Array(
        repeatElement(TestWebSocket.frame(9, [UInt8](repeating: 7, count: 125)), count: 50).joined()
      )
      let isClosed = { live.log.lines.contains { $0.message == "slow consumer closed" } }
      // Pings all the while: they are no sign that anything is read.
      for _ in 0..<3_000 where !isClosed() {
        try? await socket.connection.send(pings)
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(isClosed())
      try await socket.connection.setReading(true)
      #expect(try await socket.close().closeCode == 4008)
    }
  }

  @Test("While nothing can be written one pong waits: that of the latest ping")
  func latestPong() throws {
    let endpoint = Endpoint()
    let channel = EmbeddedChannel(
      handler: WebSocketHandler(WebSocketLimits(), endpoint: endpoint))
    try ping(1, channel)
    #expect(try pongs(of: channel) == [1])
    setWritable(false, channel)
    for number in 2...100 as ClosedRange<UInt8> { try ping(number, channel) }
    #expect(try pongs(of: channel) == [])
    setWritable(true, channel)
    #expect(try pongs(of: channel) == [100])
    setWritable(false, channel)
    setWritable(true, channel)
    #expect(try pongs(of: channel) == [])
    #expect(try channel.finish().isClean)
  }

  @Test("The stall time begins when nothing can be written, and ends with that only")
  func stallTime() throws {
    let endpoint = Endpoint()
    var limits = WebSocketLimits()
    limits.stallTimeout = .seconds(30)
    limits.heartbeatInterval = .seconds(3_600)
    let channel = EmbeddedChannel(handler: WebSocketHandler(limits, endpoint: endpoint))
    for _ in 0..<2 {
      setWritable(false, channel)
      channel.embeddedEventLoop.advanceTime(by: .seconds(20))
      setWritable(true, channel)
      channel.embeddedEventLoop.advanceTime(by: .seconds(60))
    }
    #expect(endpoint.stalls == 0)
    setWritable(false, channel)
    for number in 1...29 as ClosedRange<UInt8> {
      channel.embeddedEventLoop.advanceTime(by: .seconds(1))
      try ping(number, channel)
    }
    #expect(endpoint.stalls == 0)
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(endpoint.stalls == 1)
    _ = try channel.finish()
  }

  private func ping(_ number: UInt8, _ channel: EmbeddedChannel) throws {
    try channel.writeInbound(
      WebSocketFrame(
        fin: true, opcode: .ping, maskKey: [0, 0, 0, 0], data: ByteBuffer(bytes: [number])))
  }

  private func pongs(of channel: EmbeddedChannel) throws -> [UInt8] {
    var numbers: [UInt8] = []
    while let frame = try channel.readOutbound(as: WebSocketFrame.self) {
      #expect(frame.opcode == .pong)
      numbers += frame.data.readableBytesView
    }
    return numbers
  }

  private func setWritable(_ isWritable: Bool, _ channel: EmbeddedChannel) {
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
  }
}

/// Counts how often it is told that the client does not read.
private final class Endpoint: WebSocketEndpoint {
  private let count = Mutex(0)

  var stalls: Int { count.withLock { $0 } }

  func opened(_ link: NIOLoopBound<WebSocketHandler>) {}
  func received(_ message: WebSocketAssembler.Event) {}
  func becameWritable() {}
  func stalled() { count.withLock { $0 += 1 } }
  func heartbeat() {}
  func drainRequested() {}
  func closed() {}
}
