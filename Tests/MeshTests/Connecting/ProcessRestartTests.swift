import Foundation
import Mesh
import RPC
import Synchronization
import TLS
import TestSupport
import Testing
import TestingContract

/// Server processes that are ended by SIGTERM and replaced in turn, while calls are made all the time.
@Suite(.timeLimit(.minutes(30))) struct ProcessRestartTests {
  private let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  /// How many calls: `RESTART_CALLS`, or as many as fit in with the other tests.
  private static let calls =
    ProcessInfo.processInfo.environment["RESTART_CALLS"].flatMap { Int($0) } ?? 1_000

  /// `EmptyCall` of the server of gRPC's interoperability tests, which is a process and knows nothing of the
  /// mesh but its certificate.
  private static let emptyCall = MethodDescriptor(
    service: "grpc.testing.TestService", method: "EmptyCall", kind: .unary,
    access: AccessRule(callers: .anyone, user: .none))

  @Test("not one call fails that may not be repeated")
  func rollingRestart() async throws {
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.resolutionInterval = .milliseconds(50)
    }
    let fleet = try Fleet(mesh)
    let (begun, isOver) = (Count(), Flag())
    let (traffic, restarts) = try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { try await fleet.runServer() } }
      try await eventually { fleet.count == 3 }
      async let traffic = Traffic.run("call", callers: 16, while: { _ in !isOver.isSet }) {
        _ async throws(RPCError) in
        begun.add()
        let _: TestingV1.WhoAmIResponse = try await channel.unary(
          Self.emptyCall, TestingV1.WhoAmIRequest(),
          options: CallOptions(timeout: .seconds(60)))
      }
      var restarts = 0
      while begun.value < Self.calls || restarts < 6 {
        group.addTask { try await fleet.runServer() }
        try await eventually { fleet.count == 4 }
        fleet.endOldest()
        // Its process has gone.
        try await group.next()
        restarts += 1
      }
      isOver.set()
      let result = await traffic
      while fleet.endOldest() {}
      try await group.waitForAll()
      return (result, restarts)
    }
    let failures = traffic.failures
    #expect(failures.isEmpty, "\(failures.prefix(3))")
    #expect(traffic.calls.count >= Self.calls)
    print(
      "\(traffic.calls.count) calls, \(failures.count) failed, \(restarts) processes replaced")
    channel.close()
  }
}

/// The processes of a service, as a fleet's controller sees them.
private final class Fleet: Sendable {
  private typealias Server = (port: Int, end: AsyncStream<Void>.Continuation)

  private let mesh: MeshFixture
  private let folder: TemporaryFolder
  private let servers = Mutex<[Server]>([])

  init(_ mesh: MeshFixture) throws {
    self.mesh = mesh
    folder = try TemporaryFolder()
    let identity = try mesh.certificates.service("trading")
    let files = FileManager.default
    try files.copyItem(atPath: identity.certificateChainPath, toPath: "\(folder.path)/server1.pem")
    try files.copyItem(atPath: identity.privateKeyPath, toPath: "\(folder.path)/server1.key")
  }

  /// How many are in the directory.
  var count: Int { servers.withLock(\.count) }

  /// Runs a process, which is in the directory from when it answers until it is to end.
  func runServer() async throws {
    try await Conversation.hold(
      with: "\(Program.folder)/InteropServer",
      ["--port=0", "--use_tls=true", "--test_credentials=\(folder.path)"]
    ) { server in
      let line = await server.next() ?? ""
      let port = try #require(line.split(separator: " ").last.flatMap { Int($0) })
      let (orders, end) = AsyncStream.makeStream(of: Void.self)
      try change { $0.append((port, end)) }
      for await _ in orders { break }
      kill(server.processID, SIGTERM)
    }
  }

  /// Takes the oldest out of the directory and ends it.
  ///
  /// - Returns: Whether there was one.
  @discardableResult
  func endOldest() -> Bool {
    guard let oldest = try? change({ $0.isEmpty ? nil : $0.removeFirst() }) else { return false }
    oldest.end.yield()
    return true
  }

  private func change<Result>(_ body: (inout [Server]) -> Result) throws -> Result {
    try servers.withLock { servers in
      let result = body(&servers)
      if !servers.isEmpty { try mesh.publish("trading", at: servers.map(\.port)) }
      return result
    }
  }
}
