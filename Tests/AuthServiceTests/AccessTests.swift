import AuthContract
import Core
import RPC
import TestSupport
import Testing

@Suite("Who may call the auth service") struct AccessTests {
  @Test("a user sees the own profile")
  func profile() async throws {
    let auth = try await AuthFixture()
    let ada = try await auth.register("ada@example.com")
    let bob = try await auth.register("bob@example.com")
    for user in [ada, bob] {
      let token = try await auth.logIn(user.email).accessToken
      let profile = try await auth.client.getProfile(
        AuthV1.GetProfileRequest(), options: ServiceFixture.options(token: token))
      #expect(profile == user)
    }
  }

  @Test("a token of a user who is not registered here finds nobody")
  func unknownUser() async throws {
    let auth = try await AuthFixture()
    let elsewhere = try await AuthFixture()
    try await elsewhere.register("eve@example.com")
    let token = try await elsewhere.logIn("eve@example.com").accessToken
    let error = await #expect(throws: RPCError.self) {
      try await auth.client.getProfile(
        AuthV1.GetProfileRequest(), options: ServiceFixture.options(token: token))
    }
    #expect(error?.code == .notFound)
    #expect(error?.reason == "auth.alphintra.com/USER_NOT_FOUND")
  }

  @Test("a profile is told to its user only")
  func needsToken() async throws {
    let clock = ManualClock(Instant(microseconds: 1_700_000_000_000_000))
    let auth = try await AuthFixture(clock: clock)
    try await auth.register("ada@example.com")
    let token = try await auth.logIn("ada@example.com").accessToken
    let before = try await auth.state()

    func reason(_ options: CallOptions) async -> String? {
      let error = await #expect(throws: RPCError.self) {
        try await auth.client.getProfile(AuthV1.GetProfileRequest(), options: options)
      }
      #expect(error?.code == .unauthenticated)
      return error?.errorInfo?.reason
    }
    let stranger = try auth.service.options(user: "ada")
    #expect(await reason(CallOptions()) == "TOKEN_MISSING")
    #expect(await reason(stranger) == "TOKEN_INVALID")
    #expect(await reason(try ServiceFixture.options(token: token + "x")) == "TOKEN_INVALID")
    #expect(await reason(try ServiceFixture.options(token: "x")) == "TOKEN_INVALID")
    clock.advance(by: .seconds(900))
    #expect(await reason(try ServiceFixture.options(token: token)) == "TOKEN_EXPIRED")
    #expect(try await auth.state() == before)
  }

  @Test("another service of the mesh, or none, may only ask for the keys")
  func wrongCaller() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com")
    let token = try await auth.logIn("ada@example.com").accessToken
    let before = try await auth.state()
    for (caller, code) in [("trading", StatusCode.permissionDenied), (nil, .unauthenticated)] {
      let client = AuthV1.AuthServiceClient(auth.service.channel(as: caller))
      let calls: [@Sendable () async throws -> Void] = [
        { _ = try await client.register_(AuthFixture.registration("eve@example.com")) },
        { _ = try await client.login(AuthV1.LoginRequest()) },
        {
          _ = try await client.getProfile(
            AuthV1.GetProfileRequest(), options: ServiceFixture.options(token: token))
        },
      ]
      for call in calls {
        let error = await #expect(throws: RPCError.self) { try await call() }
        #expect(error?.code == code)
      }
    }
    #expect(try await auth.state() == before)

    let trading = AuthV1.AuthServiceClient(auth.service.channel(as: "trading"))
    #expect(!(try await trading.jwks(AuthV1.JwksRequest())).jwks.isEmpty)
    let stranger = AuthV1.AuthServiceClient(auth.service.channel(as: nil))
    let error = await #expect(throws: RPCError.self) {
      try await stranger.jwks(AuthV1.JwksRequest())
    }
    #expect(error?.code == .unauthenticated)
  }
}
