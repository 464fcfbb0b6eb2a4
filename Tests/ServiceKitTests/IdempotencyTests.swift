import Core
import Logging
import Postgres
import Protobuf
import RPC
import RPCInProcess
import Synchronization
import TestSupport
import Testing
import TestingContract

@testable import ServiceKit

@Suite struct IdempotencyTests {
  /// The user is the token.
  private struct Door: AccessController {
    func authorize(
      method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
    ) async throws(RPCError) -> UserIdentity? {
      guard case .required = method.access.user else { return nil }
      let token = metadata["authorization"] ?? "nobody"
      return UserIdentity(id: token, roles: [], expiresAt: .max, token: token)
    }
  }

  private static func method(
    _ name: String, user: AccessRule.UserRule = .required(),
    idempotency: MethodDescriptor.Idempotency = .unknown
  ) -> MethodDescriptor {
    MethodDescriptor(
      service: "test.Service", method: name, kind: .unary, idempotency: idempotency,
      access: AccessRule(callers: .mesh, user: user))
  }

  private static let place = method("Place")
  private static let pay = method("Pay")
  private static let greet = method("Greet", user: .none)
  private static let look = method("Look", idempotency: .noSideEffects)

  /// What the handlers have done, and what the next ones are to do.
  private final class World: Sendable {
    struct State {
      var operations: [String?] = []
      var failures: [RPCError] = []
      var isHeld = false
    }

    let state = Mutex(State())

    var operations: [String?] { state.withLock(\.operations) }

    func handle(
      _ request: TestingV1.EchoRequest, _ context: ServerContext
    ) async throws -> TestingV1.EchoResponse {
      let (number, failure) = state.withLock { state in
        state.operations.append(context.operationID)
        return (
          state.operations.count, state.failures.isEmpty ? nil : state.failures.removeFirst()
        )
      }
      while request.text == "hold", state.withLock(\.isHeld) {
        // Held as a handler is that nobody can reach any more: cancelling it changes nothing.
        try? await Task.sleep(for: .milliseconds(5))
        await Task.yield()
      }
      if let failure { throw failure }
      return TestingV1.EchoResponse.with {
        $0.text = request.text
        $0.index = Int32(number)
      }
    }
  }

  /// A service of which only `Place` may run again.
  private struct Fixture {
    let database: TestDatabase
    let pool: PostgresPool
    let world = World()
    let channel: any RPCChannel

    init() async throws {
      database = try await TestDatabase.make()
      let migrator = Migrator(pool: database.pool, schema: "test", logger: .quiet)
      try await migrator.migrate([.idempotency(version: 1)])
      var configuration = database.configuration
      configuration.schema = "test"
      pool = PostgresPool(configuration)
      var router = RPCRouter(
        services: [], accessController: Door(),
        replay: IdempotencyStore(pool, rerunnable: [IdempotencyTests.place], logger: .quiet))
      let world = world
      for method in [
        IdempotencyTests.place, IdempotencyTests.pay, IdempotencyTests.greet, IdempotencyTests.look,
      ] {
        router.unary(method) { (request: TestingV1.EchoRequest, context) in
          try await world.handle(request, context)
        }
      }
      channel = InProcessServer(router).channel(as: PeerIdentity(service: "gateway"))
    }

    func call(
      _ method: MethodDescriptor = IdempotencyTests.place, key: String? = "k", user: String = "u1",
      _ text: String = "x"
    ) async throws -> [UInt8] {
      var metadata = Metadata()
      try metadata.add("authorization", user)
      if let key { try metadata.add(IdempotencyKey.metadataName, key) }
      let reply: TestingV1.EchoResponse = try await channel.unary(
        method, TestingV1.EchoRequest.with { $0.text = text },
        options: CallOptions(timeout: .seconds(600), metadata: metadata))
      return reply.serialized()
    }

    func failure(
      _ method: MethodDescriptor = IdempotencyTests.place, key: String = "k", _ text: String = "x"
    ) async -> RPCError? {
      do {
        _ = try await call(method, key: key, text)
        return nil
      } catch { return error as? RPCError }
    }

    func rows() async throws -> Int {
      try await pool.query("SELECT count(*) AS n FROM idempotency").one().decode(Int.self, "n")
    }
  }

  @Test func aHundredAtOnceAreOneEffectAndOneAnswer() async throws {
    let fixture = try await Fixture()
    let answers = await withTaskGroup(of: Result<[UInt8], any Error>.self) { group in
      for _ in 0..<100 {
        group.addTask {
          do { return .success(try await fixture.call()) } catch { return .failure(error) }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(fixture.world.operations.count == 1)
    let expected = try await fixture.call()
    for answer in answers {
      switch answer {
      case .success(let bytes): #expect(bytes == expected)
      case .failure(let error):
        let error = try #require(error as? RPCError)
        #expect(error.code == .aborted)
        #expect(error.errorInfo?.reason == IdempotencyKey.inFlightReason)
      }
    }
    #expect(answers.contains { if case .success = $0 { true } else { false } })
    #expect(fixture.world.operations.count == 1)
  }

  @Test func aKeyIsOneUsersForOneMethodAndOneRequest() async throws {
    let fixture = try await Fixture()
    let first = try await fixture.call()
    let reused = await fixture.failure(Self.place, "other")
    #expect(reused?.code == .invalidArgument)
    #expect(reused?.errorInfo?.reason == IdempotencyKey.reusedReason)
    #expect(try await fixture.call(user: "u2") != first)
    #expect(try await fixture.call(Self.pay) != first)
    #expect(try await fixture.call(key: "K") != first)
    #expect(try await fixture.call() == first)
    #expect(fixture.world.operations.count == 4)
    #expect(Set(fixture.world.operations).count == 4)
    #expect(!fixture.world.operations.contains(nil))
  }

  @Test func withoutAKeyOrAUserOrAnEffectNothingIsRemembered() async throws {
    let fixture = try await Fixture()
    for _ in 0..<2 {
      _ = try await fixture.call(key: nil)
      _ = try await fixture.call(Self.greet)
      _ = try await fixture.call(Self.look)
    }
    #expect(fixture.world.operations == [nil, nil, nil, nil, nil, nil])
    #expect(try await fixture.rows() == 0)
  }

  @Test(
    "a key has 1 to 255 visible characters",
    arguments: ["", " ", "a b", "ä", String(repeating: "k", count: 256)])
  func malformed(key: String) async throws {
    #expect(!IdempotencyKey.isValid(key))
    // Metadata does not carry the others.
    guard key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !key.isEmpty else { return }
    let fixture = try await Fixture()
    let error = await fixture.failure(key: key)
    #expect(error?.errorInfo?.reason == IdempotencyKey.invalidReason)
    #expect(fixture.world.operations.isEmpty)
    _ = try await fixture.call(key: String(key.dropLast()))
  }

  @Test func anErrorIsAnAnswerToo() async throws {
    let fixture = try await Fixture()
    let errors = [
      RPCError(
        .failedPrecondition, "no funds",
        details: [
          .errorInfo(reason: "INSUFFICIENT_FUNDS", domain: "d", metadata: ["required": "2"]),
          .badRequest([FieldViolation(field: "a", description: "b", reason: "C")]),
        ]),
      RPCError(.internal, "it broke"),
    ]
    for (index, error) in errors.enumerated() {
      fixture.world.state.withLock { $0.failures = [error] }
      for _ in 0..<3 {
        let failure = await fixture.failure(key: "k\(index)")
        #expect(failure?.code == error.code)
        #expect(failure?.message == error.message)
        #expect(failure?.details == error.details)
      }
      #expect(fixture.world.operations.count == index + 1)
    }
  }

  @Test(
    "what says that nothing was done may be tried again",
    arguments: [
      (StatusCode.aborted, true, true), (.resourceExhausted, true, true),
      (.unavailable, true, false), (.unknown, true, false), (.deadlineExceeded, true, false),
      (.notFound, false, false), (.internal, false, false),
    ])
  func retries(code: StatusCode, rerunnable: Bool, other: Bool) async throws {
    let fixture = try await Fixture()
    for (method, runsAgain) in [(Self.place, rerunnable), (Self.pay, other)] {
      let before = fixture.world.operations.count
      fixture.world.state.withLock { $0.failures = [RPCError(code, "no")] }
      #expect(await fixture.failure(method)?.code == code)
      #expect(await fixture.failure(method)?.code == (runsAgain ? nil : code))
      #expect(fixture.world.operations.count == before + (runsAgain ? 2 : 1))
    }
    // A second run of one operation is the same operation.
    let operations = fixture.world.operations
    #expect((operations[0] == operations[1]) == rerunnable)
  }

  @Test func aLostCallIsRunAgainWhereItFindsWhatItDid() async throws {
    let fixture = try await Fixture()
    fixture.world.state.withLock { $0.isHeld = true }
    async let held = fixture.call(Self.place, "hold")
    try await eventually { fixture.world.operations.count == 1 }
    #expect(
      await fixture.failure(Self.place, "hold")?.errorInfo?.reason == IdempotencyKey.inFlightReason)
    // As if its process had died: its claim ends, another takes it.
    try await fixture.pool.execute("UPDATE idempotency SET claimed_until = now()")
    async let again = fixture.call(Self.place, "hold")
    try await eventually { fixture.world.operations.count == 2 }
    fixture.world.state.withLock { $0.isHeld = false }
    let second = try await again
    // The first comes back and must not overwrite the answer.
    let first = try await held
    #expect(first != second)
    #expect(try await fixture.call(Self.place, "hold") == second)
    let operations = fixture.world.operations
    #expect(operations.count == 2 && operations[0] == operations[1])
  }

  @Test func aLostCallThatMayNotRunAgainIsSaidToBeLost() async throws {
    let fixture = try await Fixture()
    fixture.world.state.withLock { $0.isHeld = true }
    async let held = fixture.call(Self.pay, "hold")
    try await eventually { fixture.world.operations.count == 1 }
    try await fixture.pool.execute("UPDATE idempotency SET claimed_until = now()")
    for _ in 0..<2 {
      let lost = await fixture.failure(Self.pay, "hold")
      #expect(lost?.code == .unknown)
      #expect(lost?.errorInfo?.reason == IdempotencyKey.lostReason)
    }
    #expect(fixture.world.operations.count == 1)
    // It was only slow: now there is an answer.
    fixture.world.state.withLock { $0.isHeld = false }
    let first = try await held
    #expect(try await fixture.call(Self.pay, "hold") == first)
    #expect(fixture.world.operations.count == 1)
  }

  @Test func afterADayAKeyIsNewAndWhatIsOldIsRemoved() async throws {
    let fixture = try await Fixture()
    let first = try await fixture.call()
    for index in 0..<6 { _ = try await fixture.call(key: "old\(index)") }
    let kept = try await fixture.pool.query(
      """
      SELECT bool_and(expires_at >= created_at + interval '24 hours') AS is_kept FROM idempotency
      """
    ).one()
    #expect(try kept.decode(Bool.self, "is_kept"))
    try await fixture.pool.execute("UPDATE idempotency SET expires_at = now()")
    #expect(try await fixture.call() != first)
    let operations = fixture.world.operations
    #expect(operations.first != operations.last)
    _ = try await fixture.call(key: "new")
    #expect(try await fixture.rows() <= 3)
  }

  @Test func aCallerWhoLeavesStillLeavesAnAnswer() async throws {
    let fixture = try await Fixture()
    fixture.world.state.withLock { $0.isHeld = true }
    let task = Task { try await fixture.call(Self.pay, "hold") }
    try await eventually { fixture.world.operations.count == 1 }
    task.cancel()
    fixture.world.state.withLock { $0.isHeld = false }
    _ = await task.result
    try await eventually {
      let row = try await fixture.pool.query("SELECT code IS NOT NULL AS is_done FROM idempotency")
        .one()
      return try row.decode(Bool.self, "is_done")
    }
    #expect(try await !fixture.call(Self.pay, "hold").isEmpty)
    #expect(fixture.world.operations.count == 1)
  }
}
