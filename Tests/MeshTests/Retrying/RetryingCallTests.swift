import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing

@testable import Mesh

/// Calls whose attempts fail, and what is made of them (gRFC A6).
@Suite(.timeLimit(.minutes(5))) struct RetryingCallTests {
  static let refused = RPCError(.unavailable, "refused", cause: CallNotProcessed(wasSent: true))

  /// A call over scripted ones, the first of which is open.
  private func makeCall(
    _ attempts: ScriptedCall..., policy: RetryPolicy? = nil,
    allowances: RetryAllowances = RetryAllowances(nil, .standard, at: .now)
  ) -> RetryingCall {
    let rest = Mutex(Array(attempts.dropFirst()))
    return RetryingCall(attempts[0], RetryPlan(policy, deadline: nil), allowances) {
      previousAttempts, _ async throws(RPCError) in
      attempts[0].note(previousAttempts)
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
    let half = [UInt8](repeating: 0, count: RetryingCall.maximumKeptBytes / 2)
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

  @Test func callThatServersRefuseIsMadeAgainOnlySoOften() async throws {
    let attempts = (0...4).map { _ in ScriptedCall(failure: Self.refused) }
    let call = makeCall(attempts[0], attempts[1], attempts[2], attempts[3], attempts[4])
    try await call.writeLast([1])
    let error = await #expect(throws: RPCError.self) { try await call.next() }
    #expect(error?.cause is CallNotProcessed)
    #expect(attempts.map(\.requests.count) == [1, 1, 1, 1, 0])
    // It was the same attempt all the time, as far as servers could tell.
    #expect(attempts[0].noted == [0, 0, 0])
  }

  @Test func failureToOpenAnotherIsTheCallsFailure() async throws {
    let call = makeCall(ScriptedCall(failure: Self.refused))
    try await call.writeLast([1])
    let error = await #expect(throws: RPCError.self) { try await call.next() }
    #expect(error?.message == "nobody is left")
  }

  @Test func callGivenUpWhileItIsOpenedAgainStaysSo() async throws {
    let (opens, opened) = AsyncStream.makeStream(of: Void.self)
    let call = RetryingCall(
      ScriptedCall(failure: Self.refused), RetryPlan(nil, deadline: nil),
      RetryAllowances(nil, .standard, at: .now)
    ) { _, _ async throws(RPCError) in
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
      // Those that were written after the answer went to the second call alone; the others may be on their way to it still.
      try await eventually { second.hasFinished }
      #expect(second.requests == (0..<20).map { [$0] })
    }
  }

  // MARK: - By policy

  /// A policy without waits.
  static let policy = RetryPolicy(
    maximumAttempts: 3, initialBackoff: .nanoseconds(1), maximumBackoff: .nanoseconds(1),
    backoffMultiplier: 1, retryableCodes: [.unavailable])
  static let unavailable = RPCError(.unavailable, "the connection is lost")

  @Test func whatMayBeRepeatedIsAndTheServerIsToldHowOften() async throws {
    let first = ScriptedCall(failure: Self.unavailable)
    let third = ScriptedCall(responses: [[9]])
    let call = makeCall(
      first, ScriptedCall(failure: Self.unavailable), third, policy: Self.policy)
    try await call.writeLast([1])
    #expect(try await call.next() == [9])
    try await eventually { third.requests == [[1]] }
    #expect(first.noted == [1, 2])
  }

  @Test func attemptsAreNoMoreThanThePolicySays() async throws {
    let attempts = (0..<4).map { _ in ScriptedCall(failure: Self.unavailable) }
    let call = makeCall(
      attempts[0], attempts[1], attempts[2], attempts[3], policy: Self.policy)
    try await call.writeLast([1])
    let error = await #expect(throws: RPCError.self) { try await call.next() }
    #expect(error?.message == Self.unavailable.message)
    try await eventually { attempts.map(\.requests.count) == [1, 1, 1, 0] }
  }

  @Test func headOfAResponseCommits() async throws {
    let first = ScriptedCall(failure: Self.unavailable, isAnswered: true)
    let second = ScriptedCall(responses: [[9]])
    let call = makeCall(first, second, policy: Self.policy)
    try await call.writeLast([1])
    await #expect(throws: RPCError.self) { try await call.next() }
    #expect(second.requests.isEmpty)
  }

  @Test func requestsThatFollowAnAnswerAreNotKept() async throws {
    let first = ScriptedCall(failure: Self.refused, isAnswered: true)
    let call = makeCall(first, ScriptedCall(responses: [[9]]))
    let half = [UInt8](repeating: 0, count: RetryingCall.maximumKeptBytes / 2)
    for _ in 0..<100 { try await call.write(half) }
    #expect(first.requests.count == 100)
    await #expect(throws: RPCError.self) { try await call.next() }
  }

  @Test func failureOfACallIsCountedOnceAndItsSuccessToo() async throws {
    let allowances = RetryAllowances(
      RetryThrottling(maximumTokens: 4, milliRatio: 500), .standard, at: .now)
    let throttle = try #require(allowances.throttle)
    // Three failures of four tokens: the first retry is within the allowance, the second is not.
    let attempts = (0..<3).map { _ in ScriptedCall(failure: Self.unavailable) }
    let call = makeCall(
      attempts[0], attempts[1], attempts[2], policy: Self.policy, allowances: allowances)
    try await call.writeLast([1])
    for _ in 0..<3 { await #expect(throws: RPCError.self) { try await call.next() } }
    try await eventually { attempts.map(\.requests.count) == [1, 1, 0] }
    #expect(!throttle.allowsRetries)
    // Half of the tokens are left: one success is enough.
    let good = makeCall(ScriptedCall(responses: [[9]]), policy: Self.policy, allowances: allowances)
    try await good.writeLast([1])
    #expect(try await good.next() == [9])
    #expect(!throttle.allowsRetries)
    #expect(try await good.next() == nil)
    #expect(throttle.allowsRetries)
  }

  @Test func waitForTheNextAttemptEndsWithTheCall() async throws {
    var policy = Self.policy
    policy.initialBackoff = .seconds(3_600)
    policy.maximumBackoff = .seconds(3_600)
    let second = ScriptedCall(responses: [[9]])
    let call = makeCall(ScriptedCall(failure: Self.unavailable), second, policy: policy)
    try await call.writeLast([1])
    let answer = Task { try await call.next() }
    try await eventually { call.isWaitingForAttempt }
    call.cancel()
    let error = await #expect(throws: RPCError.self) { try await answer.value }
    #expect(error?.code == .cancelled)
    #expect(second.requests.isEmpty)
  }

  /// A server that does not read on before its answers are read.
  @Test func answersCanBeReadWhileRequestsAreSentAgain() async throws {
    let first = ScriptedCall(failure: Self.refused)
    let second = ScriptedCall(responses: [[9], [8]], readsAfterResponses: 2)
    let call = makeCall(first, second)
    for byte in UInt8(0)..<3 { try await call.write([byte]) }
    call.finishRequests()
    #expect(try await call.next() == [9])
    #expect(try await call.next() == [8])
    #expect(try await call.next() == nil)
    try await eventually { second.requests == [[0], [1], [2]] && second.hasFinished }
  }
}

/// A call that does what it is told; it answers whether or not it has been sent anything yet.
private final class ScriptedCall: ClientCall {
  private struct State {
    var requests: [[UInt8]] = []
    var hasFinished = false
    var responses: [[UInt8]]
    var responsesTaken = 0
    var noted: [Int] = []
    var plain: [[UInt8]] = []
  }

  private let state: Mutex<State>
  private let failure: RPCError?
  private let failsWrites: Bool
  /// How many responses must have been read before it reads a request.
  private let readsAfterResponses: Int
  let isAnswered: Bool

  init(
    responses: [[UInt8]] = [], failure: RPCError? = nil, failsWrites: Bool = false,
    readsAfterResponses: Int = 0, isAnswered: Bool = false
  ) {
    state = Mutex(State(responses: responses))
    self.failure = failure
    self.failsWrites = failsWrites
    self.readsAfterResponses = readsAfterResponses
    self.isAnswered = isAnswered
  }

  /// What was noted here.
  var noted: [Int] { state.withLock(\.noted) }

  func note(_ number: Int) { state.withLock { $0.noted.append(number) } }

  var requests: [[UInt8]] { state.withLock(\.requests) }
  /// Those that are not to be compressed.
  var plain: [[UInt8]] { state.withLock(\.plain) }
  var hasFinished: Bool { state.withLock(\.hasFinished) }

  func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    if failsWrites, let failure { throw failure }
    while state.withLock({ $0.responsesTaken < readsAfterResponses }) { await Task.yield() }
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
    let response = state.withLock { state -> [UInt8]? in
      guard !state.responses.isEmpty else { return nil }
      state.responsesTaken += 1
      return state.responses.removeFirst()
    }
    if let response { return response }
    if let failure { throw failure }
    return nil
  }

  func cancel() {}
}
