import Foundation
import HTTP2
import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing
import TestingContract

/// Floods against a server in a process of its own: each is ended and counted once, costs the server little
/// memory, and an honest client beside it hardly notices.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FloodTests {
  /// How much memory a flood may cost, in KiB.
  private static let memoryGrowth = 32 * 1024
  /// How many times as long the honest client's slowest calls but one in a hundred may take, and how much
  /// longer in any case: on a machine that also runs the flood.
  private static let slowdown = 4.0
  private static let slack: Duration = .milliseconds(300)
  /// How many honest calls are made before the flood, for comparison.
  private static let calls = 300

  /// The seconds within which a flood is over, on a machine that does much else.
  private static let bound = 30.0

  @Test(
    "is ended, counted, and not much noticed",
    arguments: [
      ("rapid_reset", .flood(.reset)), ("made_you_reset", .flood(.reset)),
      ("continuations", .flood(.continuation)), ("ping_flood", .tooManyPings),
      ("settings_flood", .flood(.settings)), ("priority_flood", .flood(.priority)),
      ("window_update_flood", .flood(.windowUpdate)), ("empty_data", .flood(.emptyData)),
      ("header_bombs", .flood(.largeHeaders)), ("zero_window", .stalled),
      ("zero_window_streams", .stalled), ("no_read", .stalled),
    ] as [(String, ConnectionEvent)])
  func flood(scenario: String, event: ConnectionEvent) async throws {
    try await Conversation.hold(with: "\(Program.folder)/TestingServer", []) { server in
      let line = await server.next() ?? ""
      let port = try #require(line.split(separator: " ").last.flatMap { Int($0) })
      let connection = try await ClientConnection.connect(
        host: "127.0.0.1", port: port, ClientConnection.Configuration(tls: nil))
      let honest = HonestClient(connection)
      _ = try await honest.latencies(of: Self.calls)
      let before = try await honest.latencies(of: Self.calls)
      try ProcessMemory.resetPeak(of: server.processID)
      let memory = try ProcessMemory(of: server.processID).resident

      let isOver = Flag()
      async let latencies = honest.latencies(until: isOver)
      let answer: RawHTTP2Client.Answer
      do {
        defer { isOver.set() }
        answer = try await RawHTTP2Client.run(scenario, port: port, limit: 200)
      }
      let during = try await latencies

      let growth = try ProcessMemory(of: server.processID).peak - memory
      let (usual, beside) = (before.percentile(99), during.percentile(99))
      print(
        "\(scenario): ended after \(answer.seconds) s, \(growth) KiB, p99 \(usual) -> \(beside) of \(during.count)"
      )
      #expect(answer.closed)
      #expect(answer.goaway == nil || answer.goaway == HTTP2ErrorCode.enhanceYourCalm.rawValue)
      #expect(answer.seconds < Self.bound)
      #expect(growth <= Self.memoryGrowth)
      #expect(beside <= usual * Self.slowdown + Self.slack)

      try await server.send("counters")
      let counters = try JSONDecoder().decode(
        [String: Int].self, from: Data((await server.next() ?? "").utf8))
      #expect(counters[event.name] == 1)
      #expect(counters["accepted"] == 2)
      // Nothing else happened to either connection.
      let others = counters.filter { !["accepted", "stalled_call", event.name].contains($0.key) }
      #expect(others.allSatisfy { $0.value == 0 })
      connection.close()
    }
  }
}

/// A client that does what it should, and looks how long that takes.
private struct HonestClient: Sendable {
  let client: TestingV1.TestingServiceClient

  init(_ connection: ClientConnection) {
    self.client = TestingV1.TestingServiceClient(connection)
  }

  /// How long each of some calls takes, one after the other.
  func latencies(of count: Int) async throws -> [Duration] {
    var latencies: [Duration] = []
    var request = TestingV1.EchoRequest()
    request.text = "honest"
    for _ in 0..<count {
      let start = ContinuousClock.now
      let response = try await self.client.echo(request)
      #expect(response.text == "honest")
      latencies.append(start.duration(to: .now))
    }
    return latencies
  }

  /// The same until something is over.
  func latencies(until isOver: Flag) async throws -> [Duration] {
    var latencies: [Duration] = []
    repeat { latencies += try await self.latencies(of: 10) } while !isOver.isSet
    return latencies
  }
}

/// Whether something is over.
private final class Flag: Sendable {
  private let state = Atomic(false)

  var isSet: Bool { self.state.load(ordering: .acquiring) }

  func set() { self.state.store(true, ordering: .releasing) }
}

extension [Duration] {
  /// The time within which so many of a hundred are.
  fileprivate func percentile(_ part: Int) -> Duration {
    let sorted = self.sorted()
    return sorted.isEmpty ? .zero : sorted[Swift.min(sorted.count - 1, sorted.count * part / 100)]
  }
}
