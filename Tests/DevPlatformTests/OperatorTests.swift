import DevPlatform
import EdgeClient
import Foundation
import NIOHTTP1
import RPCTransport
import TestSupport
import Testing

/// What every process of a running platform tells its operators.
@Suite(.timeLimit(.minutes(5))) struct OperatorTests {
  private struct Sample: Decodable {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  private static func get(_ url: String) async throws -> (status: String, body: String) {
    let outcome = try await Program.run(
      "/usr/bin/curl", ["-sS", "-m", "60", "-w", "\n%{http_code}", url])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
  }

  private static func samples(of url: String) async throws -> [Sample] {
    let text = try await get("\(url)/metrics").body
    let json = try await PythonPeer.run(script: "prometheus.py", input: Array(text.utf8))
    return try JSONDecoder().decode([Sample].self, from: Data(json))
  }

  @Test func everyProcessAnswers() async throws {
    try await Platform.run(.temporary()) { platform in
      let edge = try EdgeClient(
        port: await platform.port, trustedAuthoritiesPath: platform.authorityPath)
      #expect(try await edge.send(.GET, "/api/market-data/symbols").status == 200)
      for member in PlatformMember.services + [.gateway] {
        let address = try #require(await platform.adminAddress(of: member))
        let url = "http://\(address)"
        try await eventually { try await Self.get("\(url)/readyz").status == "200" }
        #expect(try await Self.get("\(url)/healthz").body == "ok\n")
        let page = try await Self.get(url).body
        #expect(page.contains("\(member.name)  ready"))
        let samples = try await Self.samples(of: url)
        #expect(samples.contains { $0.name == "process_open_fds" && $0.value > 3 })

        // No certificate of development lives for more than a day.
        let ends = samples.filter { $0.name == "tls_certificate_not_after_timestamp_seconds" }
        #expect(!ends.isEmpty)
        let now = Date().timeIntervalSince1970
        #expect(ends.allSatisfy { (now..<now + 90_000).contains($0.value) }, "\(ends)")
        let promtool = "\(PythonPeer.repository)/.build/tools/promtool"
        let check = try await Program.run(
          "/bin/sh", ["-c", "curl -sS -m 60 \(url)/metrics | \(promtool) check metrics"])
        #expect(check.exitCode == 0, "\(check)")
      }

      let trading = try #require(await platform.adminAddress(of: .trading))
      let page = try await Self.get("http://\(trading)").body
      // Trading listens to the quotes of market data.
      #expect(page.contains(/Backends\n  marketdata  127\.0\.0\.1:\d+, connected, \d+ calls\n/))
      let caller = try await Self.samples(of: "http://\(trading)")
      #expect(caller.contains { $0.name == "outbox_unpublished_events" })
      #expect(caller.contains { $0.name == "outbox_oldest_event_age_seconds" })
      #expect(
        caller.contains {
          $0.name == "postgres_pool_connections" && $0.labels["state"] == "idle" && $0.value > 0
        })
      let quotes = "alphintra.marketdata.v1.MarketDataService/SubscribeQuotes"
      #expect(
        caller.contains {
          $0.name == "grpc_client_attempt_started_total" && $0.labels["grpc_method"] == quotes
            && $0.labels["grpc_target"] == "marketdata" && $0.value > 0
        })

      let marketData = try #require(await platform.adminAddress(of: .marketData))
      let server = try await Self.samples(of: "http://\(marketData)")
      #expect(
        server.contains {
          $0.name == "grpc_server_call_started_total" && $0.labels["grpc_method"] == quotes
            && $0.value > 0
        })
      let events = server.filter { $0.name == "grpc_server_connection_events_total" }
      #expect(Set(events.map { $0.labels["event"] }) == Set(ConnectionEvent.all.map(\.name)))
      #expect(events.contains { $0.labels["event"] == "accepted" && $0.value > 0 })
      let list = "alphintra.marketdata.v1.MarketDataService/ListInstruments"
      #expect(
        server.contains {
          $0.name == "grpc_server_call_duration_seconds_count" && $0.value == 1
            && $0.labels == ["grpc_method": list, "grpc_status": "OK", "peer": "gateway"]
        })

      let gateway = try #require(await platform.adminAddress(of: .gateway))
      let http = try await Self.samples(of: "http://\(gateway)")
      #expect(
        http.contains {
          $0.name == "http_server_request_duration_seconds_count" && $0.value == 1
            && $0.labels == [
              "http_request_method": "GET", "http_response_status_code": "200",
              "http_route": "/api/market-data/symbols",
            ]
        })
    }
  }
}
