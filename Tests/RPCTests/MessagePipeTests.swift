import RPC
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct MessagePipeTests {
  @Test func messagesComeInOrderAndThenTheEnd() async throws {
    let pipe = MessagePipe(capacity: 1000)
    try await pipe.write([1])
    try await pipe.write([2, 2])
    pipe.finish()
    #expect(try await pipe.next() == [1])
    #expect(try await pipe.next() == [2, 2])
    #expect(try await pipe.next() == nil)
    #expect(try await pipe.next() == nil)
  }

  @Test("a status comes after the messages before it")
  func finishWithFailure() async throws {
    let pipe = MessagePipe(capacity: 1000)
    try await pipe.write([1])
    pipe.finish(RPCError(.notFound, ""))
    #expect(try await pipe.next() == [1])
    await Self.expect(.notFound) { try await pipe.next() }
    await Self.expect(.notFound) { try await pipe.write([2]) }
  }

  @Test("a cancellation overtakes what is unread")
  func failure() async throws {
    let pipe = MessagePipe(capacity: 1000)
    try await pipe.write([1])
    pipe.fail(RPCError(.cancelled, ""))
    await Self.expect(.cancelled) { try await pipe.next() }
  }

  @Test func aFailureOvertakesAnUnreadEndAndTheFirstOneCounts() async throws {
    let pipe = MessagePipe(capacity: 1000)
    try await pipe.write([1])
    pipe.finish()
    pipe.fail(RPCError(.deadlineExceeded, ""))
    pipe.fail(RPCError(.cancelled, ""))
    await Self.expect(.deadlineExceeded) { try await pipe.next() }
    let read = MessagePipe(capacity: 1000)
    read.finish()
    read.fail(RPCError(.cancelled, ""))
    #expect(try await read.next() == nil)
  }

  @Test func aWaitingReaderIsWoken() async throws {
    let pipe = MessagePipe(capacity: 1000)
    async let first = pipe.next()
    async let _: Void = pipe.write([7])
    #expect(try await first == [7])
    async let second = pipe.next()
    pipe.finish()
    #expect(try await second == nil)
  }

  @Test("a writer waits while the pipe is full, and one message may stand out")
  func bound() async throws {
    let pipe = MessagePipe(capacity: 10)
    let written = Mutex(0)
    let writer = Task {
      for _ in 0..<5 {
        try await pipe.write([UInt8](repeating: 0, count: 8))
        written.withLock { $0 += 1 }
      }
      pipe.finish()
    }
    while written.withLock({ $0 }) < 2 { await Task.yield() }
    for _ in 0..<100 { await Task.yield() }
    #expect(written.withLock { $0 } == 2)
    #expect(pipe.isFull)
    var read = 0
    while try await pipe.next() != nil { read += 1 }
    #expect(read == 5)
    try await writer.value
  }

  @Test func aCancelledReaderLeavesThePipeInOrder() async throws {
    let pipe = MessagePipe(capacity: 10)
    let reader = Task { try await pipe.next() }
    for _ in 0..<10 { await Task.yield() }
    reader.cancel()
    await Self.expect(.cancelled) { try await reader.value }
    try await pipe.write([1])
    #expect(try await pipe.next() == [1])
  }

  @Test func aCancelledWriterDoesNotWrite() async throws {
    let pipe = MessagePipe(capacity: 1)
    try await pipe.write([1])
    let writer = Task { try await pipe.write([2]) }
    for _ in 0..<10 { await Task.yield() }
    writer.cancel()
    await Self.expect(.cancelled) { try await writer.value }
    pipe.finish()
    #expect(try await pipe.next() == [1])
    #expect(try await pipe.next() == nil)
  }

  @Test func aFailureWakesAWaitingWriter() async throws {
    let pipe = MessagePipe(capacity: 1)
    try await pipe.write([1])
    let writer = Task { try await pipe.write([2]) }
    for _ in 0..<10 { await Task.yield() }
    pipe.fail(RPCError(.unavailable, ""))
    await Self.expect(.unavailable) { try await writer.value }
  }

  @Test("transports are told of the first message, of the end, and of what was read")
  func hooks() async throws {
    let readable = Mutex(0)
    let consumed = Mutex(0)
    let pipe = MessagePipe(
      capacity: 1000, readable: { readable.withLock { $0 += 1 } },
      consumed: { count in consumed.withLock { $0 += count } })
    try await pipe.write([1, 1, 1])
    try await pipe.write([2, 2])
    #expect(readable.withLock { $0 } == 1)
    _ = try await pipe.next()
    #expect(consumed.withLock { $0 } == 3)
    pipe.finish()
    #expect(readable.withLock { $0 } == 2)
    guard case .message(let message) = pipe.poll() else { return #expect(Bool(false)) }
    #expect(message.bytes == [2, 2])
    #expect(consumed.withLock { $0 } == 3, "a transport knows what it takes itself")
    guard case .finished = pipe.poll() else { return #expect(Bool(false)) }
  }

  @Test("many writers and one reader lose nothing, whatever the sizes")
  func concurrency() async throws {
    for seed in 0..<20 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let pipe = MessagePipe(capacity: Int.random(in: 1...200, using: &random))
      let sizes = (0..<4).map { _ in
        (0..<100).map { _ in Int.random(in: 1...60, using: &random) }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (writer, sizes) in sizes.enumerated() {
          group.addTask {
            for size in sizes {
              try await pipe.write([UInt8](repeating: UInt8(writer), count: size))
            }
          }
        }
        var received = [[Int]](repeating: [], count: sizes.count)
        for _ in 0..<sizes.count * 100 {
          let message = try #require(try await pipe.next())
          received[Int(message[0])].append(message.count)
        }
        #expect(received == sizes)
        try await group.waitForAll()
      }
    }
  }

  private static func expect<Value>(
    _ code: StatusCode, _ body: () async throws -> Value,
    location: SourceLocation = #_sourceLocation
  ) async {
    do {
      _ = try await body()
      Issue.record("no error", sourceLocation: location)
    } catch {
      #expect((error as? RPCError)?.code == code, sourceLocation: location)
    }
  }
}
