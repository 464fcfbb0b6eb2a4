import AuthContract
import Core
import Logging
import Mesh
import Protobuf
import RPC
import ServiceKit
import Synchronization
import TestSupport
import Testing
import TokenVerification

@testable import AuthService

@Suite("The feed of ended sessions") struct EndedSessionFeedTests {
  private static let email = "ada@example.com"

  private func end(_ login: AuthV1.LoginResponse, at auth: AuthFixture) async throws {
    _ = try await auth.client.logout(.with { $0.refreshToken = login.refreshToken })
  }

  @Test("first all that ended before their tokens, then each as it ends, in whatever replica")
  func follows() async throws {
    let auth = try await AuthFixture(settings: ["AUTH_SESSIONS_MAXIMUM_PER_USER": "3"])
    let other = try await AuthFixture(sharing: auth)
    try await auth.register(Self.email)
    var logins: [AuthV1.LoginResponse] = []
    for _ in 0..<3 { logins.append(try await auth.logIn(Self.email)) }
    try await end(logins[0], at: auth)

    let stream = try await auth.client.watchEndedSessions(.init())
    var messages = stream.makeAsyncIterator()
    let first = try #require(try await messages.next())
    #expect(first.sessions.map(\.sessionID) == [logins[0].sessionID])
    let expiry = try #require(first.sessions.first?.tokensExpireAt?.instant)
    let life = expiry - SystemClock().now
    #expect(life > .seconds(14 * 60) && life <= .seconds(15 * 60))

    try await end(logins[1], at: other)
    #expect(try await messages.next()?.sessions.map(\.sessionID) == [logins[1].sessionID])
    // More sessions than a user may have: the one that was used least recently makes room.
    for _ in 0..<3 { logins.append(try await auth.logIn(Self.email)) }
    #expect(try await messages.next()?.sessions.map(\.sessionID) == [logins[2].sessionID])
  }

  @Test("a watcher that comes while nothing has ended is told so; a stop ends the stream")
  func stops() async throws {
    let auth = try await AuthFixture()
    let task = try #require(auth.service.parts.tasks.first { $0.endsBeforeCalls })
    let running = Task { try await task.run() }
    let stream = try await auth.client.watchEndedSessions(.init())
    var messages = stream.makeAsyncIterator()
    #expect(try await messages.next()?.sessions == [])
    running.cancel()
    let error = await #expect(throws: RPCError.self) { try await messages.next() }
    #expect(error?.reason == "auth.alphintra.com/STOPPING")
  }

  @Test(
    "the edge's verifier refuses a session's tokens as it ends, and what ended while auth was away")
  func watch() async throws {
    let auth = try await AuthFixture()
    try await auth.register(Self.email)
    let lost = try await auth.logIn(Self.email)
    let next = try await auth.logIn(Self.email)
    let own = try await auth.logIn(Self.email)
    // Its own list stays fresh all the time: what it learns it is told.
    let verifier = auth.verifier(clock: ManualClock(SystemClock().now))
    let channel = BreakableChannel(auth.service.channel())
    let told = Mutex<Set<String>>([])
    let watch = EndedSessionWatch(auth: channel, verifier: verifier, logger: .quiet) { ended in
      told.withLock { $0.formUnion(ended) }
    }
    try await withBackground {
      await watch.run()
    } body: {
      for login in [lost, next, own] { _ = try await verifier.verify(login.accessToken) }
      try await end(lost, at: auth)
      try await eventually { verifier.verifiedUser(of: lost.accessToken) == nil }
      await #expect(throws: TokenError.invalid(.session)) {
        try await verifier.verify(lost.accessToken)
      }
      #expect(verifier.verifiedUser(of: own.accessToken) != nil)

      channel.isBroken = true
      try await end(next, at: auth)
      try await eventually { channel.refusals > 2 }
      #expect(verifier.verifiedUser(of: next.accessToken) != nil, "nobody could tell")
      channel.isBroken = false
      try await eventually { told.withLock { $0.contains(next.sessionID) } }
      #expect(verifier.verifiedUser(of: next.accessToken) == nil)
      #expect(verifier.verifiedUser(of: own.accessToken) != nil)
    }
    #expect(told.withLock { $0 } == [lost.sessionID, next.sessionID])
  }
}

/// A channel that can be cut: calls that are open end, and none can be opened.
private final class BreakableChannel: RPCChannel {
  private struct State {
    var isBroken = false
    var refusals = 0
    var calls: [any ClientCall] = []
  }

  private let base: any RPCChannel
  private let state = Mutex(State())

  init(_ base: any RPCChannel) { self.base = base }

  var refusals: Int { state.withLock { $0.refusals } }

  var isBroken: Bool {
    get { state.withLock { $0.isBroken } }
    set {
      let calls = state.withLock { state in
        state.isBroken = newValue
        defer { state.calls = [] }
        return state.calls
      }
      for call in calls { call.cancel() }
    }
  }

  func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    let isBroken = state.withLock { state in
      if state.isBroken { state.refusals += 1 }
      return state.isBroken
    }
    guard !isBroken else { throw RPCError(.unavailable, "cut") }
    let call = try await base.open(head)
    state.withLock { $0.calls.append(call) }
    return call
  }
}
