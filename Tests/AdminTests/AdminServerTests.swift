import Foundation
import Logging
import Observability
import Synchronization
import TestSupport
import Testing

@testable import Admin

/// The listener for operators, asked over a socket.
@Suite(.timeLimit(.minutes(5))) struct AdminServerTests {
  private func withServer<R>(
    _ diagnostics: Diagnostics, _ body: (String) async throws -> R
  ) async throws -> R {
    let server = try await AdminServer.start(diagnostics, AdminConfiguration(), logger: .quiet)
    let result = try await body("http://\(server.address)")
    await server.stop()
    return result
  }

  /// What curl gets: the status, the content type and the body.
  private func get(
    _ url: String, _ options: String...
  ) async throws -> (status: Int, type: String, body: String) {
    let outcome = try await Program.run(
      "/usr/bin/curl",
      ["-sS", "-m", "30", "-w", "\n%{http_code} %{content_type}"] + options + [url])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    let last = (lines.last ?? "").split(separator: " ", maxSplits: 1).map(String.init)
    return (
      Int(last.first ?? "") ?? 0, last.dropFirst().first ?? "",
      lines.dropLast().joined(separator: "\n")
    )
  }

  @Test func answersOnItsPaths() async throws {
    let diagnostics = Diagnostics()
    let isReady = Atomic(false)
    try await withServer(diagnostics) { url in
      #expect(try await get("\(url)/healthz") == (200, "text/plain; charset=utf-8", "ok\n"))
      // Nothing is ready before anything was to be.
      #expect(try await get("\(url)/readyz").status == 503)
      diagnostics.addReadiness("first") { true }
      diagnostics.addReadiness("second") { isReady.load(ordering: .relaxed) }
      let waiting = try await get("\(url)/readyz")
      #expect(waiting.status == 503)
      #expect(waiting.body == "first: ready\nsecond: not ready\n")
      isReady.store(true, ordering: .relaxed)
      #expect(try await get("\(url)/readyz?verbose").status == 200)
      #expect(try await get("\(url)/elsewhere").status == 404)
      #expect(try await get(url, "-X", "POST", "-d", "x").status == 405)
      let head = try await get("\(url)/metrics", "-I")
      #expect(head.status == 200)
      #expect(head.body.contains("content-length:"))
    }
  }

  @Test func theStatusPageShowsItsSections() async throws {
    let diagnostics = Diagnostics()
    diagnostics.addReadiness("trading") { true }
    diagnostics.addSection("Connections") { [("open", "3"), ("calls under way", "12")] }
    diagnostics.addSection("Backends") { [] }
    let page = try await withServer(diagnostics) { try await get($0) }
    #expect(page.body.contains("Readiness\n  trading  ready\n"))
    #expect(page.body.contains("Connections\n  open             3\n  calls under way  12\n"))
    #expect(page.body.contains("Backends\n  none\n"))
    #expect(page.body.contains("build"))
  }

  /// A metric as Prometheus' own Python client reads it.
  private struct Sample: Decodable {
    var name: String
    var labels: [String: String]
    var value: Double
    var type: String
  }

  @Test("Prometheus' own parser reads the metrics")
  func metrics() async throws {
    let diagnostics = Diagnostics()
    let metrics = diagnostics.metrics
    metrics.counter("orders_total", "Orders \"placed\".", ["side": "buy \"now\"\\\n"]).add(7)
    let latency = metrics.histogram(
      "wait_seconds", "How long.", .latency, ["grpc_method": "a.B/C"])
    latency.record(50_000)
    latency.record(3_000_000)
    latency.record(60_000_000_000)
    let page = try await withServer(diagnostics) { url in
      // The loops have been asked a few times.
      try await eventually {
        try await get("\(url)/metrics").body.contains(/event_loop_lag_seconds_count [1-9]/)
      }
      return try await get("\(url)/metrics")
    }
    #expect(page.type == "text/plain; version=0.0.4; charset=utf-8")
    let json = try await PythonPeer.run(script: "prometheus.py", input: Array(page.body.utf8))
    let samples = try JSONDecoder().decode([Sample].self, from: Data(json))
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
      samples.first { $0.name == name && $0.labels == labels }?.value
    }
    #expect(value("orders_total", ["side": "buy \"now\"\\\n"]) == 7)
    let method = ["grpc_method": "a.B/C"]
    #expect(value("wait_seconds_bucket", method.merging(["le": "0.0001"]) { $1 }) == 1)
    #expect(value("wait_seconds_bucket", method.merging(["le": "0.004"]) { $1 }) == 2)
    #expect(value("wait_seconds_bucket", method.merging(["le": "10"]) { $1 }) == 2)
    #expect(value("wait_seconds_bucket", method.merging(["le": "+Inf"]) { $1 }) == 3)
    #expect(value("wait_seconds_count", method) == 3)
    #expect(value("wait_seconds_sum", method) == 60.00305)
    for name in [
      "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
      "process_max_fds", "process_threads", "process_start_time_seconds",
    ] {
      #expect(try #require(value(name), "\(name)") > 0, "\(name)")
    }
    let start = try #require(value("process_start_time_seconds"))
    #expect(abs(start - Date().timeIntervalSince1970) < 24 * 3600)
    #expect(samples.first { $0.name == "orders_total" }?.type == "counter")
    #expect(samples.first { $0.name == "wait_seconds_sum" }?.type == "histogram")
  }
}
