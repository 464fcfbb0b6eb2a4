import AuthContract
import Core
import TestSupport
import Testing

@testable import DevPlatform

/// A session that is ended takes with it what is open in its name.
@Suite struct SessionEndTests {
  private static let email = "ada@example.com"
  private static let password = "correct horse battery staple"

  /// A promise is a second or two; a machine that is busy with tests gets more, and far less than a token's life.
  private static let patience: Duration = .seconds(30)

  @Test(
    "its WebSocket closes with 4001 and its token is refused, also by a gateway or an auth that began later",
    .timeLimit(.minutes(10)))
  func endsEverywhere() async throws {
    try await PlatformFixture.run { platform in
      let client = try await platform.client()
      _ = try await Trader.patiently {
        try await client.register(
          email: Self.email, password: Self.password, displayName: "Ada")
      }
      let own = try await logIn(client)
      let lost = try await logIn(client)
      let later = try await logIn(client)
      try await lost.client.withStream { stream in
        try await stream.subscribeToOrders(id: "orders")
        var messages = stream.messages.makeAsyncIterator()
        while let message = try await messages.next() {
          if case .orders = message { break }
        }
        let before = ContinuousClock.now
        try await own.client.revokeSession(id: lost.id)
        while try await messages.next() != nil {}
        #expect(stream.closeCode == 4001)
        #expect(.now - before < Self.patience)
      }
      try await expectRefused(lost.client)
      _ = try await own.client.profile()

      // What ends while auth is replaced is told when it is back.
      try await later.client.withStream { stream in
        var messages = stream.messages.makeAsyncIterator()
        _ = try await messages.next()
        await platform.kill(.auth)
        try await platform.start(.auth)
        try await Trader.patiently { try await own.client.revokeSession(id: later.id) }
        while try await messages.next() != nil {}
        #expect(stream.closeCode == 4001)
      }

      // A gateway that knows nothing yet learns of both before it takes either token.
      await platform.kill(.gateway)
      try await platform.start(.gateway)
      for session in [lost, later] { try await expectRefused(session.client) }
      _ = try await Trader.patiently { try await own.client.profile() }
    }
  }

  private func logIn(
    _ client: PlatformClient
  ) async throws -> (id: String, client: PlatformClient) {
    let login = try await client.logIn(email: Self.email, password: Self.password)
    return (login.sessionID, client.authenticated(by: login.accessToken))
  }

  private func expectRefused(_ client: PlatformClient) async throws {
    let problem = await #expect(throws: APIProblem.self) {
      _ = try await Trader.patiently { try await client.profile() }
    }
    #expect(problem?.status == 401)
    #expect(problem?.reason == "TOKEN_INVALID")
  }
}
