import Argon2
import AuthContract
import AuthDomain
import Core
import Foundation
import Mesh
import RPC
import RPCInProcess
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import AuthService

@Suite("More passwords than can be hashed") struct OverloadTests {
  @Test("are refused at once with when to come back, and count as no wrong password")
  func refuses() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com")
    let before = try await auth.state()
    let worker = Argon2Worker(maximumRunning: 1, maximumWaiting: 0)
    let handlers = try await handlers(auth.service.environment, worker)
    let isReleased = Mutex(false)
    let isRunning = Mutex(false)
    try await withBackground {
      // Keeps the only thread busy until the test lets go.
      try? await worker.run {
        isRunning.withLock { $0 = true }
        while !isReleased.withLock(\.self) { Thread.sleep(forTimeInterval: 0.001) }
      }
    } body: {
      defer { isReleased.withLock { $0 = true } }
      try await eventually { isRunning.withLock(\.self) }
      // An address that nobody has is no way around: it costs the same work.
      let addresses = ["ada@example.com", "nobody@example.com"]
      for number in 0..<(4 * LockOut.freeAttempts) {
        let error = await #expect(throws: Argon2Error.self) {
          try await logIn(handlers, as: addresses[number % 2])
        }
        #expect(error == .overloaded(waiting: 0))
        #expect(error?.rpcError.code == .resourceExhausted)
        #expect(error?.rpcError.reason == "auth.alphintra.com/PASSWORDS_OVERLOADED")
        #expect(error?.rpcError.retryDelay == .seconds(1))
      }
      await #expect(throws: Argon2Error.overloaded(waiting: 0)) {
        try await handlers.register_(
          AuthFixture.registration("bob@example.com"), context: Self.context)
      }
    }
    #expect(try await auth.state() == before)
    try await eventually {
      do {
        _ = try await logIn(handlers)
        return true
      } catch is Argon2Error {
        return false
      }
    }
  }

  @Test("a flood of log-ins leaves other calls alone, and what nobody waits for is not hashed")
  func flood() async throws {
    let auth = try await AuthFixture()
    try await auth.register("ada@example.com")
    let token = try await auth.logIn("ada@example.com").accessToken
    let worker = Argon2Worker(maximumRunning: 1, maximumWaiting: 4)
    let handlers = try await handlers(auth.service.environment, worker)
    let verifier = auth.verifier()
    let server = InProcessServer(
      RPCRouter(services: [handlers], accessController: AccessGuard(verifier: verifier)))
    let client = AuthV1.AuthServiceClient(server.channel(as: PeerIdentity(service: "gateway")))
    let isReleased = Mutex(false)
    let isRunning = Mutex(false)
    try await withBackground {
      try? await worker.run {
        isRunning.withLock { $0 = true }
        while !isReleased.withLock(\.self) { Thread.sleep(forTimeInterval: 0.001) }
      }
    } body: {
      defer { isReleased.withLock { $0 = true } }
      try await eventually { isRunning.withLock(\.self) }
      // Not one hash is finished while all of this happens.
      try await withThrowingTaskGroup(of: StatusCode?.self) { group in
        for number in 0..<200 {
          group.addTask {
            var request = AuthV1.LoginRequest()
            request.email = "user\(number)@example.com"
            request.password = AuthFixture.password
            do {
              _ = try await client.login(request, options: CallOptions(timeout: .seconds(300)))
              return nil
            } catch let error as RPCError { return error.code }
          }
        }
        // Four wait, all others are refused at once.
        var codes: [StatusCode?: Int] = [:]
        for _ in 0..<196 { codes[try await group.next() ?? nil, default: 0] += 1 }
        #expect(codes == [.resourceExhausted: 196])
        for _ in 0..<50 {
          _ = try await client.getProfile(
            AuthV1.GetProfileRequest(), options: ServiceFixture.options(token: token))
          _ = try await client.jwks(
            AuthV1.JwksRequest(), options: CallOptions(timeout: .seconds(300)))
        }
        group.cancelAll()
        for _ in 0..<4 { #expect(try await group.next() == .cancelled) }
      }
      // Those that waited have left: their places are free, though no hash has ended.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { try await worker.run {} } }
        isReleased.withLock { $0 = true }
        try await group.waitForAll()
      }
    }
  }

  private static let context = ServerContext(method: AuthV1.AuthServiceMethods.login)

  private func logIn(
    _ handlers: AuthHandlers, as email: String = "ada@example.com"
  ) async throws -> AuthV1.LoginResponse {
    var request = AuthV1.LoginRequest()
    request.email = email
    request.password = AuthFixture.password
    return try await handlers.login(request, context: Self.context)
  }

  private func handlers(
    _ environment: ServiceEnvironment, _ worker: Argon2Worker
  ) async throws -> AuthHandlers {
    let keys = try SigningKeys(pem: try await AuthFixture.Keys.first.value)
    let cheap = Argon2Parameters(memoryKiB: 8, passes: 1, lanes: 1, hashBytes: 32)
    return AuthHandlers(
      users: UserStore(database: environment.database),
      sessions: SessionStore(database: environment.database),
      sessionRules: SessionRules(
        idleLimit: .seconds(60), lifetime: .seconds(600), grace: .seconds(10), maximumPerUser: 5),
      passwords: try await PasswordHasher(parameters: cheap, worker: worker),
      tokens: try await AccessTokenSigner(keys),
      keySet: KeySetSource(
        keys: keys.keySet, sessions: SessionStore(database: environment.database),
        clock: SystemClock()),
      endedSessions: EndedSessionFeed(
        sessions: SessionStore(database: environment.database), clock: SystemClock()),
      attempts: LogInAttempts(
        LockOutStore(database: environment.database), logger: environment.logger),
      outbox: environment.outbox, clock: SystemClock())
  }
}
