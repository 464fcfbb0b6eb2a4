import HTTP2
import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing
import TestingContract

/// What clients have a server hold by not sending the rest, or by not taking what they asked for.
///
/// Each runs beside an honest client of the same server, which notices nothing.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HeldMessagesTests {
  private static let refused = RawHTTP2Client.Answer.Status(
    http: 200, grpc: StatusCode.resourceExhausted.rawValue,
    message: "too many bytes of messages are held for this connection, or for all")
  private static let ok = RawHTTP2Client.Answer.Status(http: 200, grpc: 0)

  /// What two messages of half a million bytes take, and not three.
  private static let heldBytes = 1_200_000

  /// Plays a scenario with a server that holds so much for a connection.
  private func play(
    _ scenario: String, limit: UInt32 = 0, _ service: TestingServiceImplementation = .init(),
    _ change: (inout RPCServer.Configuration) -> Void = { _ in }
  ) async throws -> (answer: RawHTTP2Client.Answer, counters: ConnectionCounters) {
    try await RawHTTP2Client.play(scenario, limit: limit, service) { configuration in
      configuration.memory.connectionBytes = Self.heldBytes
      // Windows that let a client send what is not held.
      configuration.http2.streamWindowBytes = 4 << 20
      change(&configuration)
    }
  }

  @Test("messages whose rest does not come are held up to the limit; others are refused")
  func partialMessages() async throws {
    let (answer, counters) = try await self.play("partial_messages", limit: 8)
    let statuses = (0..<8).map { answer.statuses["\(2 * $0 + 1)"] }
    #expect(statuses == [Self.ok, Self.ok] + [_?](repeating: Self.refused, count: 6))
    #expect(answer.statuses["17"] == Self.ok)
    #expect(answer.goaway == nil && !answer.closed)
    #expect(counters[.memoryExhausted] == 6)
  }

  @Test("what all connections hold together has a limit, too")
  func wholeServer() async throws {
    let (answer, counters) = try await self.play("partial_messages", limit: 8) {
      $0.memory.connectionBytes = 100_000_000
      $0.memory.serverBytes = Self.heldBytes
    }
    #expect(answer.statuses.filter { $0.value == Self.refused }.count == 6)
    #expect(counters[.memoryExhausted] == 6)
  }

  @Test("requests that a handler does not read are held up to the limit")
  func unreadRequests() async throws {
    let (answer, counters) = try await self.play("unread_requests")
    #expect(answer.statuses["1"] == Self.refused)
    #expect(answer.statuses["3"] == Self.ok)
    #expect(counters[.memoryExhausted] == 1)
  }

  @Test("responses that are not read are held up to the limit; others are refused")
  func unreadResponses() async throws {
    let (answer, counters) = try await self.play("late_windows", limit: 8) {
      $0.memory.unsentBytes = .max
    }
    let statuses = (0..<8).map { answer.statuses["\(2 * $0 + 1)"] }
    #expect(statuses == [Self.ok, Self.ok] + [_?](repeating: Self.refused, count: 6))
    #expect(answer.bytes > 800_000)
    #expect(answer.statuses["17"] == Self.ok)
    #expect(answer.goaway == nil && !answer.closed)
    #expect(counters[.memoryExhausted] == 6)
  }

  @Test("handlers wait while their client has enough to read, and no call is lost")
  func handlersWait() async throws {
    let begun = Mutex(0)
    var service = TestingServiceImplementation()
    service.beforeAnswer = { _ in begun.withLock { $0 += 1 } }
    let (answer, counters) = try await self.play("late_windows", limit: 8, service) {
      $0.memory.unsentBytes = 500_000
    }
    #expect(answer.statuses.filter { $0.value == Self.ok }.count == 9)
    #expect(answer.bytes > 8 * 400_000)
    #expect(counters[.memoryExhausted] == 0)
  }

  @Test("a client that opens no window has no more done for it than it may leave unread")
  func handlersOfZeroWindow() async throws {
    let begun = Mutex(0)
    var service = TestingServiceImplementation()
    service.beforeAnswer = { context in
      // The client beside it asks for no such response.
      if context.metadata["x-scenario"] != nil { begun.withLock { $0 += 1 } }
    }
    let (answer, counters) = try await self.play("zero_window", limit: 50, service) {
      $0.memory = MemoryLimits()
      $0.memory.unsentBytes = 9_000_000
      $0.connections.maximumStall = .milliseconds(300)
    }
    #expect(answer.closed)
    // The third is the one that is too much; fewer if the client is slow to ask.
    #expect((1...3).contains(begun.withLock { $0 }))
    #expect(counters[.stalled] == 1)
  }

  @Test("streams that are not read do not hold up their neighbours")
  func pausedStreams() async throws {
    let (answer, counters) = try await self.play("paused_streams", limit: 100) {
      $0.memory = MemoryLimits()
      // Less than the streams hold.
      $0.memory.unsentBytes = 1 << 20
      $0.connections.maximumStall = nil
    }
    #expect(answer.statuses["201"] == Self.ok)
    #expect(counters[.memoryExhausted] == 0)
  }

  // MARK: - Stalls

  @Test(
    "whoever takes nothing of what waits is cut off",
    arguments: ["zero_window", "zero_window_streams", "no_read"])
  func stalled(scenario: String) async throws {
    let (answer, counters) = try await self.play(scenario, limit: 50) {
      $0.memory = MemoryLimits()
      $0.connections.maximumStall = .milliseconds(300)
    }
    #expect(answer.closed)
    #expect(answer.goaway == nil || answer.goaway == HTTP2ErrorCode.enhanceYourCalm.rawValue)
    #expect(counters[.stalled] == 1)
  }

  @Test("a call whose response is not taken ends, and the others go on")
  func stalledCall() async throws {
    let (answer, counters) = try await self.play("stalled_call") {
      // Long enough for the others to go on meanwhile, on a busy machine.
      $0.connections.maximumStall = .seconds(2)
    }
    #expect(answer.resets == ["1": HTTP2ErrorCode.cancel.rawValue])
    #expect(answer.goaway == nil && !answer.closed)
    #expect(counters[.stalledCall] == 1 && counters[.stalled] == 0)
  }

  @Test("a client that reads slowly is no offender, nor is one without calls")
  func slowReader() async throws {
    let (answer, counters) = try await self.play("slower_reader") {
      $0.memory = MemoryLimits()
      $0.connections.maximumStall = .seconds(1)
    }
    #expect(answer.statuses["1"] == Self.ok)
    #expect(counters[.stalled] == 0 && counters[.stalledCall] == 0)
  }
}
