import Core
import Foundation
import Mesh
import RPC
import RPCTransport
import Synchronization
import TLS
import TestSupport
import Testing
import TestingContract

/// Certificates of both sides are replaced again and again while calls are made.
@Suite(.timeLimit(.minutes(30))) struct RotationTests {
  /// How many calls are made: `make rotation-test` makes 100,000.
  private static let calls =
    ProcessInfo.processInfo.environment["ROTATION_CALLS"].flatMap { Int($0) } ?? 4_000
  /// How many calls a channel lives for: new connections are what meets new certificates.
  private static let callsOfChannel = 50
  /// How many channels are in use at a time.
  private static let callers = 8

  private let mesh: MeshFixture
  private let trading: TestIdentity
  private let gateway: TestIdentity

  init() throws {
    mesh = try MeshFixture()
    trading = try TestIdentity(mesh.certificates, service: "trading")
    gateway = try TestIdentity(mesh.certificates, service: "gateway")
  }

  /// The calls that were made.
  private final class Progress: Sendable {
    private let made = Atomic(0)

    var isDone: Bool { made.load(ordering: .relaxed) == RotationTests.calls }

    func count() { made.add(1, ordering: .relaxed) }
  }

  @Test func noCallFailsWhileCertificatesAreReplaced() async throws {
    let (servers, clients) = (try trading.source(), try gateway.source())
    let server = try await mesh.serve(as: "trading", credentials: servers)
    try mesh.publish("trading", at: [server.port])
    let progress = Progress()
    let rotations = try await withThrowingTaskGroup(of: Int.self) { group in
      for caller in 0..<Self.callers {
        let share = Self.calls / Self.callers + (caller < Self.calls % Self.callers ? 1 : 0)
        group.addTask {
          try await call(share, with: clients, progress)
          return 0
        }
      }
      group.addTask {
        var rotations = 0
        while !progress.isDone {
          for (identity, source) in [(trading, servers), (gateway, clients)] {
            let before = source.current.certificate
            try identity.rotate()
            try await eventually { source.current.certificate != before || progress.isDone }
          }
          rotations += 1
        }
        return rotations
      }
      for source in [servers, clients] {
        // The key and the certificate are two files: a look between the two takes neither.
        group.addTask {
          while !progress.isDone {
            _ = source.refresh(now: SystemClock().now)
            try await Task.sleep(for: .milliseconds(1))
          }
          return 0
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(rotations >= 2)
    print("\(Self.calls) calls over \(rotations) rotations of both sides, none failed")
    await server.stop(grace: .seconds(600))
  }

  private func call(
    _ count: Int, with credentials: TLSCredentialSource, _ progress: Progress
  ) async throws {
    var rest = count
    while rest > 0 {
      let channel = MeshChannel(to: "trading", in: mesh.directory, .init(credentials))
      let calls = min(rest, Self.callsOfChannel)
      for _ in 0..<calls {
        let answer = try await channel.whoAmI(timeout: .seconds(600))
        #expect(answer.spiffeID == "spiffe://alphintra/service/gateway")
        progress.count()
      }
      channel.close()
      rest -= calls
    }
  }
}
