import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing

@testable import Mesh

/// Calls that their server has not seen, and what is made of them (gRFC A6, "Transparent Retries").
@Suite(.timeLimit(.minutes(1))) struct RepeatableCallTests {
  static let refused = RPCError(.unavailable, "refused", cause: CallNotProcessed())

  /// A call over scripted ones, the first of which is open.
  private func makeCall(_ attempts: ScriptedCall...) -> RepeatableCall {
    let rest = Mutex(Array(attempts.dropFirst()))
    return RepeatableCall(attempts[0]) { () async throws(RPCError) in
      let next = rest.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      guard let next else { throw RPCError(.unavailable, "nobody is left") }
      return next
    }
  }

  @Test func whatWasSentIsSentAgainInOrder() async throws {
    let first = ScriptedCall(failure: Self.refused)
    let second = ScriptedCall(failure: Self.refused)
    let third = ScriptedCall(responses: [[9], [8]])
    let call = makeCall(first, second, third)
    for byte in UInt8(0)..<10 { try await call.write([byte], compressed: byte != 3) }
    try await call.writeLast([10])
    #expect(try await call.next() == [9])
    #expect(try await call.next() == [8])
    #expect(try await call.next() == nil)
    for attempt in [first, second, third] {
      #expect(attempt.requests == (0...10).map { [$0] } && attempt.hasFinished)
      #expect(attempt.plain == [[3]])
    }
  }

  @Test func writerThatLearnsOfItFirstSendsAgain() async throws {
    let first = ScriptedCall(failure: Self.refused, failsWrites: true)
    let second = ScriptedCall(responses: [[9]])
    let call = makeCall(first, second)
    try await call.write([1])
    try await call.write([2])
    call.finishRequests()
    #expect(second.requests == [[1], [2]] && second.hasFinished)
    #expect(try await call.next() == [9])
  }

  @Test func whatTheServerHasSeenIsNotMadeAgain() async throws {
    let unavailable = RPCError(.unavailable, "the connection is lost")
    let first = ScriptedCall(failure: unavailable)
    let second = ScriptedCall(responses: [[9]])
    let call = makeCall(first, second)
    try await call.writeLast([1])
    let error = await #expect(throws: RPCError.self) { try await call.next() }
    #expect(error?.message == unavailable.message)
    #expect(second.requests.isEmpty)
  }

  @Test func callThatHasAnAnswerIsNotMadeAgain() async throws {
    let first = ScriptedCall(responses: [[9]], failure: Self.refused)
    let second = ScriptedCall(responses: [[9]])
    let call = makeCall(first, second)
    try await call.writeLast([1])
    #expect(try await call.next() == [9])
    let error = await #expect(throws: RPCError.self) { try await call.next() }
    #expect(error?.cause is CallNotProcessed)
    #expect(second.requests.isEmpty)
  }

  @Test func callThatHasSentTooMuchIsNotMadeAgain() async throws {
    let half = [UInt8](repeating: 0, count: RepeatableCall.maximumKeptBytes / 2)
    for count in [2, 3] {
      let second = ScriptedCall(responses: [[9]])
      let call = makeCall(ScriptedCall(failure: Self.refused), second)
      for _ in 0..<count { try await call.write(half) }
      if count == 2 {
        #expect(try await call.next() == [9])
      } else {
        await #expect(throws: RPCError.self) { try await call.next() }
        #expect(second.requests.isEmpty)
      }
    }
  }

  @Test func callIsMadeAgainOnlySoOften() async throws {
    let attempts = (0...4).map { _ in ScriptedCall(failure: Self.refused) }
    let call = makeCall(attempts[0], attempts[1], attempts[2], attempts[3], attempts[4])
    try await call.writeLast([1])
    let error = await #expect(throws: RPCError.self) { try await call.next() }
    #expect(error?.cause is CallNotProcessed)
    #expect(attempts.map(\.requests.count) == [1, 1, 1, 1, 0])
  }

  @Test func failureToOpenAnotherIsTheCallsFailure() async throws {
    let call = makeCall(ScriptedCall(failure: Self.refused))
    try await call.writeLast([1])
    let error = await #expect(throws: RPCError.self) { try await call.next() }
    #expect(error?.message == "nobody is left")
  }

  @Test func callGivenUpWhileItIsOpenedAgainStaysSo() async throws {
    let (opens, opened) = AsyncStream.makeStream(of: Void.self)
    let call = RepeatableCall(ScriptedCall(failure: Self.refused)) { () async throws(RPCError) in
      opened.yield()
      do { try await Task.sleep(for: .seconds(3_600)) } catch {
        throw RPCError(.cancelled, "given up")
      }
      return ScriptedCall(responses: [[9]])
    }
    try await call.writeLast([1])
    let answer = Task { try await call.next() }
    for await _ in opens { break }
    call.cancel()
    let error = await #expect(throws: RPCError.self) { try await answer.value }
    #expect(error?.code == .cancelled)
  }

  @Test func writersAndReaderAtOnceLoseNothing() async throws {
    for _ in 0..<200 {
      let first = ScriptedCall(failure: Self.refused)
      let second = ScriptedCall(responses: [[9]])
      let call = makeCall(first, second)
      async let answer = call.next()
      for byte in UInt8(0)..<20 {
        try await call.write([byte])
        if byte % 5 == 0 { await Task.yield() }
      }
      call.finishRequests()
      #expect(try await answer == [9])
      // Those that were written after the answer went to the second call alone.
      #expect(second.requests == (0..<20).map { [$0] })
      #expect(second.hasFinished)
    }
  }
}

/// A call that does what it is told.
private final class ScriptedCall: ClientCall {
  private struct State {
    var requests: [[UInt8]] = []
    var plain: [[UInt8]] = []
    var hasFinished = false
    var responses: [[UInt8]]
  }

  private let state: Mutex<State>
  private let failure: RPCError?
  private let failsWrites: Bool

  init(responses: [[UInt8]] = [], failure: RPCError? = nil, failsWrites: Bool = false) {
    state = Mutex(State(responses: responses))
    self.failure = failure
    self.failsWrites = failsWrites
  }

  var requests: [[UInt8]] { state.withLock(\.requests) }
  /// Those that were to be left as they are.
  var plain: [[UInt8]] { state.withLock(\.plain) }
  var hasFinished: Bool { state.withLock(\.hasFinished) }

  func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    if failsWrites, let failure { throw failure }
    state.withLock { state in
      state.requests.append(message)
      if !compressed { state.plain.append(message) }
    }
  }

  func writeLast(_ message: [UInt8]) async throws(RPCError) {
    try await write(message)
    finishRequests()
  }

  func finishRequests() { state.withLock { $0.hasFinished = true } }

  func next() async throws(RPCError) -> [UInt8]? {
    let response = state.withLock { $0.responses.isEmpty ? nil : $0.responses.removeFirst() }
    if let response { return response }
    if let failure { throw failure }
    return nil
  }

  func cancel() {}
}
