import HTTP2
import NIOCore
import NIOEmbedded
import Protobuf
import RPC
import TestSupport
import Testing
import TestingContract

@testable import RPCTransport

/// What is said in one turn of a loop leaves in one write, on loops and channels that do nothing by themselves.
@Suite struct WriteCoalescingTests {
  private static let count = 50

  /// A call of the peer: its request goes out at once, its response is counted.
  private final class PeerStream: HTTP2Stream {
    private var request: [UInt8]
    private(set) var dataFrames = 0
    private(set) var bytes = 0
    private(set) var hasEnded = false

    init(_ request: TestingV1.EchoRequest) {
      let content = request.serialized()
      self.request = [0, 0, 0, 0, UInt8(content.count)] + content
    }

    override func produce(into buffer: UnsafeMutableRawBufferPointer) -> Production {
      buffer.copyBytes(from: self.request)
      return Production(count: self.request.count, then: .end)
    }

    override func receivedData(_ data: UnsafeRawBufferPointer) {
      self.dataFrames += 1
      self.bytes += data.count
    }

    override func receivedEnd() { self.hasEnded = true }
  }

  /// A server's connection on a channel whose other end is a session of the test.
  private struct Connection {
    let channel = EmbeddedChannel()
    let peer: HTTP2Session

    init(_ service: TestingServiceImplementation = .init()) throws {
      self.peer = try HTTP2Session(.client, limits: HTTP2Limits())
      let router = RPCRouter(services: [service], accessController: CallerRules())
      var configuration = RPCServer.Configuration(tls: nil, logger: .quiet)
      // No timers: time does not pass here.
      configuration.connections.keepaliveTime = nil
      try ServerEnvironment(router, configuration).accept(self.channel)
      self.channel.connect(to: try SocketAddress(unixDomainSocketPath: "/nowhere"), promise: nil)
      try self.exchange()
    }

    /// Begins a call; it goes out with the next exchange.
    func call(_ method: String, _ request: TestingV1.EchoRequest) throws -> PeerStream {
      let stream = PeerStream(request)
      var headers = HTTP2Headers()
      for (name, value) in [
        (":method", "POST"), (":scheme", "http"), (":authority", "a"),
        (":path", "/alphintra.testing.v1.TestingService/\(method)"), ("te", "trailers"),
        ("content-type", "application/grpc"),
      ] { headers.add(name, value) }
      try self.peer.submitRequest(stream, headers)
      return stream
    }

    /// Sends all that the peer has to say in one read, and takes in the answer.
    ///
    /// - Returns: the number of writes that the answer came in.
    @discardableResult
    func exchange() throws -> Int {
      var bytes = self.channel.allocator.buffer(capacity: 0)
      while let output = try self.peer.nextOutput() { bytes.writeBytes(output) }
      try self.channel.writeInbound(bytes)
      self.channel.embeddedEventLoop.run()
      var writes = 0
      while let write = try self.channel.readOutbound(as: ByteBuffer.self) {
        writes += 1
        try write.withUnsafeReadableBytes { try self.peer.receive($0) }
      }
      return writes
    }

    func close() throws {
      self.peer.close()
      _ = try self.channel.finish(acceptAlreadyClosed: true)
    }
  }

  @Test("the responses to calls that came in one read are one write")
  func unary() throws {
    let connection = try Connection()
    var request = TestingV1.EchoRequest()
    request.text = "a little"
    let calls = try (0..<Self.count).map { _ in try connection.call("Echo", request) }
    #expect(try connection.exchange() == 1)
    #expect(calls.allSatisfy { $0.hasEnded && $0.dataFrames == 1 })
    try connection.close()
  }

  @Test(
    "messages that a handler writes in one turn are one frame, and those of all calls one write")
  func stream() throws {
    let connection = try Connection()
    var request = TestingV1.EchoRequest()
    request.text = "a little"
    request.count = Int32(Self.count)
    let calls = try (0..<4).map { _ in try connection.call("Expand", request) }
    #expect(try connection.exchange() == 1)
    var response = TestingV1.EchoResponse()
    response.text = request.text
    let bytes = (0..<request.count).map { index in
      response.index = index
      return 5 + response.serialized().count
    }.reduce(0, +)
    #expect(calls.allSatisfy { $0.hasEnded && $0.dataFrames == 1 && $0.bytes == bytes })
    try connection.close()
  }

  @Test("calls that are made in one turn are one write")
  func client() throws {
    let channel = EmbeddedChannel()
    let loop = channel.embeddedEventLoop
    let driver = try ClientDriver(
      ClientConnection.Configuration(tls: nil), authority: "a",
      loop.makePromise(of: ClientDriver.self), EventLoopExecutor.of(loop))
    try channel.pipeline.syncOperations.addHandler(driver.makeHandler(nil))
    channel.connect(to: try SocketAddress(unixDomainSocketPath: "/nowhere"), promise: nil)
    loop.run()
    while try channel.readOutbound(as: ByteBuffer.self) != nil {}

    let head = CallHead(TestingV1.TestingServiceMethods.echo, CallOptions())
    for _ in 0..<Self.count { ClientStream(head, on: driver).start() }
    loop.run()
    let write = try channel.readOutbound(as: ByteBuffer.self)
    // Each has a frame's header and a block that refers to the one before it.
    #expect(write.map { $0.readableBytes > Self.count * 10 } == true)
    #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
    driver.cutOff(nil)
    loop.run()
    _ = try channel.finish(acceptAlreadyClosed: true)
  }
}
