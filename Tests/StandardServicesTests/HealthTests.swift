import GRPCContract
import Protobuf
import RPC
import RPCInProcess
import Registry
import StandardServices
import Testing

/// `grpc.health.v1` as our own client sees it, within the process.
@Suite(.timeLimit(.minutes(5))) struct HealthTests {
  private let server = StandardServer()

  private func client(as caller: String? = "gateway") -> HealthV1.HealthClient {
    HealthV1.HealthClient(server.channel(as: caller))
  }

  private func check(_ service: String) async throws -> HealthV1.HealthCheckResponse.ServingStatus {
    try await client().check(.with { $0.service = service }).status
  }

  @Test("a server says that it serves when it has been told so")
  func fromStartToEnd() async throws {
    #expect(try await check("") == .notServing)
    #expect(try await check(StandardServer.testing) == .notServing)
    server.health.set(.serving)
    #expect(try await check("") == .serving)
    #expect(try await check(StandardServer.testing) == .serving)
    server.health.set(.notServing, of: StandardServer.testing)
    #expect(try await check("") == .notServing)
    server.health.set(.serving)
    server.health.drain()
    server.health.set(.serving)
    #expect(try await check("") == .notServing)
    #expect(try await check(StandardServer.testing) == .notServing)
  }

  @Test func unknownService() async throws {
    let error = await #expect(throws: RPCError.self) { try await check("alphintra.v9.Nothing") }
    #expect(error?.code == .notFound)
    #expect(error?.message.contains("alphintra.v9.Nothing") == true)
    // Nor does it come to be by being set.
    server.health.set(.serving, of: "alphintra.v9.Nothing")
    #expect(server.health.status(of: "alphintra.v9.Nothing") == nil)
  }

  @Test func listNamesTheServerAndEachService() async throws {
    server.health.set(.serving)
    let statuses = try await client().list(HealthV1.HealthListRequest()).statuses
    #expect(statuses.mapValues(\.status) == ["": .serving, StandardServer.testing: .serving])
  }

  @Test func aListHasALimit() async throws {
    let health = ServerHealth(services: (0..<100).map { "service \($0)" })
    let handlers = StandardServices.all(beside: [], health: health, descriptors: .empty)
    let router = RPCRouter(services: handlers, accessController: Everyone())
    let client = HealthV1.HealthClient(InProcessServer(router).channel())
    let error = await #expect(throws: RPCError.self) {
      try await client.list(HealthV1.HealthListRequest())
    }
    #expect(error?.code == .resourceExhausted)
  }

  @Test func aWatchTellsEachChangeOnceAndEndsWithTheServer() async throws {
    let stream = try await client().watch(.with { $0.service = StandardServer.testing })
    var changes = stream.makeAsyncIterator()
    #expect(try await changes.next()?.status == .notServing)
    server.health.set(.serving)
    #expect(try await changes.next()?.status == .serving)
    server.health.set(.serving)
    server.health.drain()
    #expect(try await changes.next()?.status == .notServing)
    let error = await #expect(throws: RPCError.self) { try await changes.next() }
    #expect(error?.code == .unavailable)
    // Whoever comes now hears the same.
    var late = try await client().watch(HealthV1.HealthCheckRequest()).makeAsyncIterator()
    #expect(try await late.next()?.status == .notServing)
    await #expect(throws: RPCError.self) { try await late.next() }
  }

  @Test("a watch of an unknown service says so and goes on")
  func watchOfUnknownService() async throws {
    let stream = try await client().watch(.with { $0.service = "alphintra.v9.Nothing" })
    var changes = stream.makeAsyncIterator()
    #expect(try await changes.next()?.status == .serviceUnknown)
    server.health.set(.serving)
    server.health.drain()
    let error = await #expect(throws: RPCError.self) { try await changes.next() }
    #expect(error?.code == .unavailable)
  }

  @Test("any service of the mesh may ask, and nobody else")
  func access() async throws {
    _ = try await client(as: "marketdata").check(HealthV1.HealthCheckRequest())
    let error = await #expect(throws: RPCError.self) {
      try await client(as: nil).check(HealthV1.HealthCheckRequest())
    }
    #expect(error?.code == .unauthenticated)
  }
}

/// Lets everyone in.
private struct Everyone: AccessController {
  func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? { nil }
}
