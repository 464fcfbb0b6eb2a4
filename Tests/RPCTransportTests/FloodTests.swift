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
  /// How many times as long the honest client's slowest calls but one in a hundred may take as beside the same
  /// flood of another server: both share the machine, only one shares the server.
  private static let slowdown = 2.0
  /// What no comparison tells apart: a few turns of the scheduler on a machine with more work than cores.
  private static let floor: Duration = .milliseconds(20)
  /// A slow call may have any cause, a fast one has none: how often a flood may be repeated until one leaves the
  /// honest client alone.
  private static let rounds = 5

  /// How many honest calls are made before the flood, so that everything is warm.
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
    var ratios: [Double] = []
    repeat {
      let elsewhere = try await Self.flood(scenario, event, honestElsewhere: true)
      let beside = try await Self.flood(scenario, event, honestElsewhere: false)
      print("\(scenario): p99 \(elsewhere) beside another server's flood, \(beside) beside its own")
      ratios.append(beside / max(elsewhere, Self.floor))
    } while ratios.last! > Self.slowdown && ratios.count < Self.rounds
    #expect(ratios.contains { $0 <= Self.slowdown }, "p99 is \(ratios) times what it should be")
  }

  /// Floods a server, and answers how long the honest client's calls took meanwhile, at the 99th percentile.
  ///
  /// - Parameter honestElsewhere: Whether the honest client calls a server of its own instead.
  private static func flood(
    _ scenario: String, _ event: ConnectionEvent, honestElsewhere: Bool
  ) async throws -> Duration {
    try await Conversation.hold(with: "\(Program.folder)/TestingServer", []) { server in
      let port = try await server.port()
      guard honestElsewhere else {
        return try await Self.flood(scenario, event, server, port, honest: port)
      }
      return try await Conversation.hold(with: "\(Program.folder)/TestingServer", []) { other in
        try await Self.flood(scenario, event, server, port, honest: other.port())
      }
    }
  }

  private static func flood(
    _ scenario: String, _ event: ConnectionEvent, _ server: Conversation, _ port: Int,
    honest honestPort: Int
  ) async throws -> Duration {
    let connection = try await ClientConnection.connect(
      host: "127.0.0.1", port: honestPort, ClientConnection.Configuration(tls: nil))
    defer { connection.close() }
    let honest = HonestClient(connection)
    _ = try await honest.latencies(of: Self.calls)
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
    print(
      "\(scenario): ended after \(answer.seconds) s, \(growth) KiB, \(during.count) honest calls")
    #expect(answer.closed)
    #expect(answer.goaway == nil || answer.goaway == HTTP2ErrorCode.enhanceYourCalm.rawValue)
    #expect(answer.seconds < Self.bound)
    #expect(growth <= Self.memoryGrowth)

    try await server.send("counters")
    let counters = try JSONDecoder().decode(
      [String: Int].self, from: Data((await server.next() ?? "").utf8))
    #expect(counters[event.name] == 1)
    #expect(counters["accepted"] == (port == honestPort ? 2 : 1))
    // Nothing else happened to either connection.
    let others = counters.filter { !["accepted", "stalled_call", event.name].contains($0.key) }
    #expect(others.allSatisfy { $0.value == 0 })
    return during.percentile(99)
  }
}

extension Conversation {
  /// The port of a server that has just been started.
  fileprivate func port() async throws -> Int {
    let line = await self.next() ?? ""
    return try #require(line.split(separator: " ").last.flatMap { Int($0) })
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
