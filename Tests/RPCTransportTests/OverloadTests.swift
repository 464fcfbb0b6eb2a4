import RPC
import Synchronization
import TestSupport
import Testing
import TestingContract

/// A server that has more to do than it can do, whatever carries the calls.
@Suite(.timeLimit(.minutes(5))) struct OverloadTests {
  typealias Request = TestingV1.EchoRequest

  /// Holds handlers back until it is opened.
  private final class Barrier: ServerInterceptor {
    private struct State {
      var begun: [String] = []
      var isOpen = false
      var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// The names of the calls that came here.
    var begun: [String] { state.withLock(\.begun) }

    func intercept<Answer: Sendable>(
      _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
    ) async throws -> Answer {
      await withCheckedContinuation { continuation in
        let passes = state.withLock { state in
          state.begun.append(context.metadata["x-echo"] ?? "")
          if !state.isOpen { state.waiters.append(continuation) }
          return state.isOpen
        }
        if passes { continuation.resume() }
      }
      return try await next(context)
    }

    func open() {
      let waiters = state.withLock { state in
        state.isOpen = true
        defer { state.waiters = [] }
        return state.waiters
      }
      for waiter in waiters { waiter.resume() }
    }
  }

  private static func options(
    _ name: String, _ criticality: Criticality? = nil, timeout: Duration? = nil
  ) -> CallOptions {
    var options = CallOptions(timeout: timeout, criticality: criticality)
    options.metadata.append(contentsOf: ["x-echo": .text(name)])
    return options
  }

  /// Makes a call, and returns its failure.
  private static func failure(
    of client: TestingV1.TestingServiceClient, _ options: CallOptions
  ) async -> RPCError? {
    do throws(RPCError) {
      _ = try await client.echo(Request(), options: options)
      return nil
    } catch { return error }
  }

  @Test("the less critical make room for the more critical", arguments: Transport.allCases)
  func shedding(transport: Transport) async throws {
    let limiter = ConcurrencyLimiter(
      ConcurrencyLimits(calls: 1, waitingCalls: 2, longestWait: .seconds(600)))
    let barrier = Barrier()
    try await transport.withClient(limiter: limiter, interceptors: [barrier]) { client in
      async let first = Self.failure(of: client, Self.options("first"))
      try await eventually { barrier.begun.count == 1 }
      async let second = Self.failure(of: client, Self.options("second", .sheddable))
      try await eventually { limiter.statistics.waitingCalls == 1 }
      async let third = Self.failure(of: client, Self.options("third"))
      try await eventually { limiter.statistics.waitingCalls == 2 }
      async let fourth = Self.failure(of: client, Self.options("fourth"))
      Self.expectOverload(await second, .sheddable, "queue_full")
      let fifth = await Self.failure(of: client, Self.options("fifth", .sheddablePlus))
      Self.expectOverload(fifth, .sheddablePlus, "queue_full")
      #expect(limiter.statistics.callsAtWork == 1)
      barrier.open()
      #expect(await first == nil)
      #expect(await third == nil)
      #expect(await fourth == nil)
    }
    #expect(barrier.begun == ["first", "third", "fourth"])
    #expect(limiter.statistics.callsAtWork == 0)
  }

  @Test(
    "who gives up, or is out of time, does not reach its handler", arguments: Transport.allCases)
  func waitingInVain(transport: Transport) async throws {
    let limiter = ConcurrencyLimiter(ConcurrencyLimits(calls: 1, longestWait: .seconds(600)))
    let barrier = Barrier()
    try await transport.withClient(limiter: limiter, interceptors: [barrier]) { client in
      async let first = Self.failure(of: client, Self.options("first"))
      try await eventually { barrier.begun.count == 1 }
      let late = await Self.failure(
        of: client, Self.options("late", timeout: .milliseconds(100)))
      #expect(late?.code == .deadlineExceeded)
      let caller = Task { await Self.failure(of: client, Self.options("cancelled")) }
      try await eventually { limiter.statistics.waitingCalls == 1 }
      caller.cancel()
      #expect(await caller.value?.code == .cancelled)
      try await eventually { limiter.statistics.waitingCalls == 0 }
      barrier.open()
      #expect(await first == nil)
      #expect(await Self.failure(of: client, Self.options("last")) == nil)
    }
    #expect(barrier.begun == ["first", "last"])
    #expect(limiter.statistics.callsAtWork == 0)
  }

  @Test("streams have a limit of their own", arguments: Transport.allCases)
  func streams(transport: Transport) async throws {
    let limiter = ConcurrencyLimiter(ConcurrencyLimits(calls: 1, waitingCalls: 0, streams: 10))
    try await transport.withClient(limiter: limiter) { client in
      // Seven tenths of them are for the least critical, nine for the contract's own word.
      var calls: [BidirectionalCall<Request, TestingV1.EchoResponse>] = []
      for index in 0..<9 {
        let call = try await client.chat(
          options: CallOptions(criticality: index < 7 ? .sheddable : nil))
        try await call.requests.write(Request())
        var responses = call.responses.makeAsyncIterator()
        _ = try await responses.next()
        calls.append(call)
      }
      #expect(limiter.statistics.streams == 9)
      for criticality in [Criticality.sheddable, .critical] {
        do throws(RPCError) {
          let call = try await client.chat(options: CallOptions(criticality: criticality))
          var responses = call.responses.makeAsyncIterator()
          _ = try await responses.next()
          Issue.record("a stream too many")
        } catch { Self.expectOverload(error, criticality, "streams") }
      }
      // They take no place from calls.
      #expect(await Self.failure(of: client, CallOptions()) == nil)
      for call in calls { call.cancel() }
      try await eventually { limiter.statistics.streams == 0 }
    }
  }

  private static func expectOverload(
    _ error: RPCError?, _ criticality: Criticality, _ cause: String
  ) {
    #expect(error?.code == .resourceExhausted)
    #expect(error?.errorInfo?.reason == ConcurrencyLimiter.reason)
    #expect(error?.errorInfo?.metadata == ["criticality": criticality.label, "cause": cause])
    let delays = error?.details.compactMap { detail -> Duration? in
      if case .retryInfo(let delay) = detail { delay } else { nil }
    }
    guard let delay = delays?.first, case .after(let pushback) = error?.pushback else {
      Issue.record("it is to be said when to try again")
      return
    }
    #expect(delay >= ConcurrencyLimiter.retryDelay)
    #expect(pushback >= ConcurrencyLimiter.retryDelay)
  }
}
