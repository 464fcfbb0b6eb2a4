import Core
import EdgeClient
import Foundation
import NIOHTTP1
import Postgres
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// What the processes write down: lines that machines read, and one id for all that a request led to.
@Suite struct LogTests {
  private typealias Line = [String: Any]

  @Test("one id is in the log of each process that worked for a request, and in its events")
  func aRequestIsFollowed() async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) {
      for member in PlatformMember.services + [.gateway] {
        $0.environment[member, default: [:]]["LOG_FORMAT"] = "json"
        $0.environment[member, default: [:]]["LOG_GCP_PROJECT"] = "alphintra-test"
      }
    } _: { platform in
      let ada = try await Trader.signUp("ada", on: platform)
      _ = try await ada.quote()
      let id = "c-\(UUIDv7.make(now: SystemClock().now))"
      let response = try await ada.client.edge.send(
        .POST, "/api/orders",
        json: Array(#"{"symbol":"AAPL","side":"BUY","type":"MARKET","quantity":"1"}"#.utf8),
        token: ada.client.token, headers: ["x-correlation-id": id])
      #expect(response.status == 201, "\(response.text)")
      try await eventsCarry(id, on: platform)

      var traces: Set<String> = []
      for member in PlatformMember.services + [.gateway] {
        let lines = try lines(of: member, on: platform)
        #expect(!lines.isEmpty)
        for line in lines {
          #expect(line["severity"] is String && line["message"] is String, "\(line)")
          #expect((line["time"] as? String)?.hasSuffix("Z") == true, "\(line)")
        }
        let own = lines.filter { $0["correlation_id"] as? String == id }
        if [.gateway, .trading, .asset].contains(member) {
          #expect(!own.isEmpty, "\(member.name) says nothing of the request")
        }
        for line in own {
          let trace = try #require(line["trace_id"] as? String, "\(line)")
          traces.insert(trace)
          #expect(
            line["logging.googleapis.com/trace"] as? String
              == "projects/alphintra-test/traces/\(trace)")
        }
      }
      #expect(traces.count == 1)
    }
  }

  /// What trading tells of the order, and asset management of the funds that it held for it.
  ///
  /// The fill is none of the request's: a quote made it.
  private func eventsCarry(_ id: String, on platform: Platform) async throws {
    for (schema, topics) in [
      ("trading", ["order_events", "order_status_updates"]), ("asset", ["wallet_events"]),
    ] {
      let database = PostgresPool(try await platform.database(schema: schema))
      try await eventually {
        let found = try await database.query(
          "SELECT DISTINCT topic FROM outbox WHERE correlation_id = \(id) ORDER BY topic"
        ).map { try $0.decode(String.self, "topic") }
        return found == topics
      }
    }
  }

  /// Every line that a process has written.
  private func lines(of member: PlatformMember, on platform: Platform) throws -> [Line] {
    let text = try String(contentsOfFile: platform.logFile(of: member), encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Line,
        "\(member.name) wrote what is no object: \(line)")
    }
  }
}
