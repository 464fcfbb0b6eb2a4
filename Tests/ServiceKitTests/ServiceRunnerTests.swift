import DevTools
import Events
import Foundation
import GRPCContract
import Kafka
import Mesh
import Postgres
import ProcessKit
import RPC
import ServiceKit
import Synchronization
import TestSupport
import Testing
import TestingContract

@Suite(.timeLimit(.minutes(5))) struct ServiceRunnerTests {
  private func request(
    count: Int32 = 0, text: String = "", delay: Int32 = 0
  ) -> TestingV1.EchoRequest {
    var request = TestingV1.EchoRequest()
    request.count = count
    request.text = text
    request.delayMs = delay
    return request
  }

  private let options = CallOptions(timeout: .seconds(60))

  @Test func servicesAnswerCallEachOtherAndPublish() async throws {
    let fixture = try await RunnerFixture()
    let definitions = [SmallService.definition("first"), SmallService.definition("second")]
    try await fixture.migrate(definitions)
    let process = try await fixture.start(definitions)
    try await eventually {
      fixture.instances(of: "first") == 1 && fixture.instances(of: "second") == 1
    }
    let client = try fixture.client(of: "first")
    let identity = try await client.whoAmI(TestingV1.WhoAmIRequest(), options: options)
    #expect(identity.spiffeID == "spiffe://alphintra/service/gateway")
    // Under its own certificate, not the process'.
    let second = try await client.echo(request(text: "second"), options: options)
    #expect(second.text == "spiffe://alphintra/service/first")

    _ = try await client.echo(request(count: 3), options: options)
    let connection = KafkaConnection(
      brokers: try KafkaBrokers(fixture.cluster.address), clientID: "test", logger: .quiet)
    let messages = await BrokerFixture(fixture.cluster, connection).messages(3)
    #expect(try sequences(of: "k1", in: messages) == [1, 2, 3])
    #expect(try EventRecord.headers(of: messages[0]).producer == "first")

    try await process.stop()
    #expect(fixture.instances(of: "first") == 0)
    await #expect(throws: RPCError.self) {
      try await client.whoAmI(TestingV1.WhoAmIRequest(), options: options)
    }
  }

  @Test func aStoppingServiceFinishesWhatItBegan() async throws {
    let fixture = try await RunnerFixture()
    let waits = AsyncStream.makeStream(of: Void.self)
    let definitions = [SmallService.definition("drain", waits: waits.continuation)]
    try await fixture.migrate(definitions)
    let process = try await fixture.start(definitions)
    try await fixture.waitUntil(serve: "drain", process)
    let client = try fixture.client(of: "drain")
    async let late = client.echo(request(count: 2, delay: 500), options: options)
    _ = await waits.stream.first { _ in true }
    try await process.stop()
    _ = try await late
    // What the last call left in the outbox was published before the end.
    let rows = try await fixture.database.pool.query(
      "SELECT published_at IS NOT NULL AS done FROM drain.outbox")
    #expect(try rows.map { try $0.decode(Bool.self, "done") } == [true, true])
  }

  @Test("what feeds open streams ends before they must be cut off")
  func feedsEndBeforeCalls() async throws {
    let fixture = try await RunnerFixture()
    let waits = AsyncStream.makeStream(of: Void.self)
    let feed = AsyncStream.makeStream(of: Void.self)
    let definition = SmallService.definition(
      "fed",
      tasks: [
        BackgroundTask("feed", endsBeforeCalls: true) {
          while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
          feed.continuation.finish()
        }
      ], waits: waits.continuation, feed: feed.stream)
    try await fixture.migrate([definition])
    let process = try await fixture.start([definition])
    try await fixture.waitUntil(serve: "fed", process)
    let client = try fixture.client(of: "fed")
    async let answer = client.echo(request(delay: 1), options: options)
    _ = await waits.stream.first { _ in true }
    try await process.stop()
    // Had the feed ended with the other tasks, the call would have been cut off at the limit.
    _ = try await answer
  }

  @Test("a service says that it serves, and that it stops before it has stopped")
  func health() async throws {
    let fixture = try await RunnerFixture()
    let waits = AsyncStream.makeStream(of: Void.self)
    let definition = SmallService.definition("healthy", waits: waits.continuation)
    try await fixture.migrate([definition])
    let process = try await fixture.start([definition])
    try await eventually { fixture.instances(of: "healthy") == 1 }
    let channel = try fixture.channel(to: "healthy")
    let health = HealthV1.HealthClient(channel)
    let changes = try await health.watch(HealthV1.HealthCheckRequest(), options: options)
    var statuses = changes.makeAsyncIterator()
    while try await statuses.next()?.status != .serving {}
    let listed = try await health.list(HealthV1.HealthListRequest(), options: options).statuses
    #expect(listed["alphintra.testing.v1.TestingService"]?.status == .serving)

    async let late = TestingV1.TestingServiceClient(channel)
      .echo(request(delay: 1_000), options: options)
    _ = await waits.stream.first { _ in true }
    async let stopped: Void = process.stop()
    #expect(try await statuses.next()?.status == .notServing)
    let end = await #expect(throws: RPCError.self) { try await statuses.next() }
    #expect(end?.code == .unavailable)
    _ = try await late
    try await stopped
  }

  @Test("a service whose database is away says that it does not serve")
  func healthWithoutDatabase() async throws {
    let fixture = try await RunnerFixture()
    let definition = SmallService.definition("lonely")
    try await fixture.migrate([definition])
    let process = try await fixture.start([definition])
    try await eventually { fixture.instances(of: "lonely") == 1 }
    let health = HealthV1.HealthClient(try fixture.channel(to: "lonely"))
    let changes = try await health.watch(HealthV1.HealthCheckRequest(), options: options)
    var statuses = changes.makeAsyncIterator()
    while try await statuses.next()?.status != .serving {}
    try await fixture.lockOut("lonely")
    #expect(try await statuses.next()?.status == .notServing)
    try await fixture.letIn("lonely")
    #expect(try await statuses.next()?.status == .serving)
    try await process.stop()
  }

  @Test func twoInstancesShareTheDirectory() async throws {
    let fixture = try await RunnerFixture()
    let definitions = [SmallService.definition("twice")]
    try await fixture.migrate(definitions)
    let one = try await fixture.start(definitions)
    let two = try await fixture.start(definitions)
    try await fixture.waitUntil(2, serve: "twice", one, two)
    let client = try fixture.client(of: "twice")
    for _ in 0..<10 {
      _ = try await client.whoAmI(TestingV1.WhoAmIRequest(), options: options)
    }
    try await one.stop()
    #expect(fixture.instances(of: "twice") == 1)
    for _ in 0..<10 {
      _ = try await client.whoAmI(TestingV1.WhoAmIRequest(), options: options)
    }
    try await two.stop()
  }

  @Test func aFailedTaskEndsTheProcessWithItsError() async throws {
    struct Broken: Error {}
    let fixture = try await RunnerFixture()
    let failure = AsyncStream.makeStream(of: Void.self)
    let definition = SmallService.definition(
      "failing",
      tasks: [
        BackgroundTask("venue") {
          await failure.stream.first { _ in true }
          throw Broken()
        }
      ])
    try await fixture.migrate([definition])
    let process = try await fixture.start([definition])
    try await fixture.waitUntil(serve: "failing", process)
    failure.continuation.yield()
    await #expect {
      try await process.value()
    } throws: { error in
      (error as? ServiceFailure)?.task == "venue"
        && "\(error)".hasPrefix("failing: task venue failed: Broken")
    }
    #expect(fixture.instances(of: "failing") == 0)
  }

  @Test func tasksAreCancelledAndWaitedFor() async throws {
    let fixture = try await RunnerFixture()
    let hasEnded = Atomic(false)
    let definition = SmallService.definition(
      "tasks",
      tasks: [
        BackgroundTask("patient") {
          while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
          hasEnded.store(true, ordering: .relaxed)
        }
      ])
    try await fixture.migrate([definition])
    let process = try await fixture.start([definition])
    try await fixture.waitUntil(serve: "tasks", process)
    try await process.stop()
    let isOver = hasEnded.load(ordering: .relaxed)
    #expect(isOver)
  }

  @Test func everyWrongSettingIsNamedBeforeAnythingOpens() async throws {
    let fixture = try await RunnerFixture()
    let definitions = [
      SmallService.definition("one") { _ in Issue.record("nothing is to be made") },
      SmallService.definition("two"),
    ]
    let process = try await fixture.start(
      definitions, ["ONE_LISTEN_PORT": "70000", "TWO_DRAIN_LIMIT": "soon", "CRASH_AT": ":"])
    await #expect {
      try await process.value()
    } throws: { error in
      let problems = (error as? ConfigurationError)?.problems ?? []
      return problems.map(\.key)
        == ["one.listen.port", "crash.at", "two.drain.limit", "crash.at"]
    }
  }

  @Test func aSchemaThatIsNotMigratedIsRefused() async throws {
    let fixture = try await RunnerFixture()
    let definition = SmallService.definition("behind")
    try await fixture.migrate([
      ServiceDefinition(
        name: "behind", migrations: [definition.migrations[0]], topics: [],
        make: definition.make)
    ])
    let process = try await fixture.start([definition])
    await #expect(
      throws: MigrationError.notCurrent(schema: "behind", version: 2, name: "create_notes")
    ) {
      try await process.value()
    }
    #expect(fixture.instances(of: "behind") == 0)
  }

  /// One service that does not start takes the others with it.
  @Test func aServiceThatDoesNotStartEndsThemAll() async throws {
    struct Refusal: Error {}
    let fixture = try await RunnerFixture()
    let definitions = [
      SmallService.definition("good"), SmallService.definition("bad") { _ in throw Refusal() },
    ]
    try await fixture.migrate(definitions)
    let process = try await fixture.start(definitions)
    await #expect(throws: Refusal.self) { try await process.value() }
    #expect(fixture.instances(of: "good") == 0)
  }
}
