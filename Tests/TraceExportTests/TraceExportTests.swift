import Foundation
import Logging
import Observability
import TLS
import TestSupport
import Testing

@testable import TraceExport

/// Spans on their way to a collector that nobody here wrote.
@Suite(.timeLimit(.minutes(5))) struct TraceExportTests {
  private let metrics = MetricsRegistry()
  private let log = LogCapture()

  /// A configuration whose batches go out when they are full, or at the end.
  private func configuration(
    port: Int, batch: Int = 1, change: (inout TraceExportConfiguration) -> Void = { _ in }
  ) -> TraceExportConfiguration {
    var configuration = TraceExportConfiguration()
    configuration.collector = .init(host: "localhost", port: port)
    configuration.batching.batchLimit = batch
    configuration.batching.delay = .seconds(3_600)
    configuration.batching.flushLimit = .seconds(100)
    change(&configuration)
    return configuration
  }

  private func start(_ configuration: TraceExportConfiguration) throws -> TraceExport {
    try #require(TraceExport.start(configuration, metrics: metrics, logger: log.logger))
  }

  private func end(_ name: String, _ tracer: Tracer) {
    tracer.begin(name, .internal, parent: nil).recording?.end()
  }

  private func count(_ metric: String, _ error: String) async -> Double {
    let line = await metrics.prometheusText().split(separator: "\n").first {
      $0.hasPrefix("otel_sdk_\(metric)_total{error_type=\"\(error)\"} ")
    }
    return line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) } ?? 0
  }

  @Test func aSpanArrivesAsItWas() async throws {
    try await OTLPReceiver.run { receiver in
      #expect(receiver.contracts.count == 4)
      #expect(receiver.contracts.values.allSatisfy { $0 })
      let export = try start(
        configuration(port: receiver.port, batch: 3) {
          $0.resource = [SpanAttribute("deployment.environment.name", "test")]
          $0.collector?.headers = ["X-Key": "secret"]
        })
      let parent = try #require(
        SpanContext(
          traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          tracestate: ["rojo=1"]))
      let tracer = export.pipeline.tracer(of: "trading")
      let server = try #require(
        tracer.begin("Recv", .server, parent: parent, links: [parent]).recording)
      server.set("text", "é")
      server.set("integer", .integer(-7))
      server.set("number", .number(0.5))
      server.set("flag", true)
      server.addEvent("noted", [SpanAttribute("n", 1)])
      let client = server.child("Sent", .client)
      client.end(.error("UNAVAILABLE: away"))
      server.end(.ok)
      end("other", export.pipeline.tracer(of: "auth"))
      let call = try await receiver.next()
      #expect(call.metadata["x-key"] == "secret")
      #expect(call.spans.map(\.name) == ["other", "Sent", "Recv"])
      let (other, sent, received) = (call.spans[0], call.spans[1], call.spans[2])
      #expect(received.trace == "4bf92f3577b34da6a3ce929d0e0e4736")
      #expect(received.span == server.context.spanID.description)
      #expect(received.parent == "00f067aa0ba902b7" && received.state == "rojo=1")
      // Sampled, and a parent from elsewhere.
      #expect(received.flags == 0x301 && sent.flags == 0x101)
      #expect(received.kind == "SPAN_KIND_SERVER" && sent.kind == "SPAN_KIND_CLIENT")
      #expect(other.kind == "SPAN_KIND_INTERNAL")
      #expect(
        received.attributes == ["text": "é", "integer": "-7", "number": "0.5", "flag": "True"])
      #expect(received.events == ["noted"] && received.links == ["00f067aa0ba902b7"])
      #expect(received.status == "STATUS_CODE_OK" && received.nanoseconds >= sent.nanoseconds)
      #expect(sent.parent == received.span && sent.trace == received.trace)
      #expect(sent.status == "STATUS_CODE_ERROR" && sent.message == "UNAVAILABLE: away")
      #expect(other.parent == "" && other.status == "STATUS_CODE_UNSET")
      #expect(received.resource["service.name"] == "trading")
      #expect(other.resource["service.name"] == "auth")
      for span in call.spans {
        #expect(span.resource["service.namespace"] == "alphintra")
        #expect(span.resource["deployment.environment.name"] == "test")
        #expect(span.resource["telemetry.sdk.language"] == "swift")
        #expect(span.resource["service.instance.id"]?.count == 36)
      }
      await export.stop()
      #expect(await count("exporter_span_exported", "none") == 3)
    }
  }

  @Test func batchesAreMadeBySizeAndTheRestAtTheEnd() async throws {
    try await OTLPReceiver.run { receiver in
      let export = try start(configuration(port: receiver.port, batch: 3))
      let tracer = export.pipeline.tracer(of: "trading")
      for number in 0..<3 { end("\(number)", tracer) }
      #expect(try await receiver.next().spans.map(\.name) == ["0", "1", "2"])
      for number in 3..<5 { end("\(number)", tracer) }
      await export.stop()
      #expect(try await receiver.next().spans.map(\.name) == ["3", "4"])
      end("late", tracer)
      #expect(await count("processor_span_processed", "none") == 5)
      #expect(await count("processor_span_processed", "queue_full") == 1)
    }
  }

  @Test func whatWaitsGoesOutInTime() async throws {
    try await OTLPReceiver.run { receiver in
      let export = try start(
        configuration(port: receiver.port, batch: 100) { $0.batching.delay = .milliseconds(10) })
      end("alone", export.pipeline.tracer(of: "trading"))
      #expect(try await receiver.next().spans.map(\.name) == ["alone"])
      await export.stop()
    }
  }

  /// OTLP's rules, one answer after the other; each line of the table is one batch.
  @Test func whatMayPassIsSentAgainAndNothingElse() async throws {
    try await OTLPReceiver.run { receiver in
      let export = try start(configuration(port: receiver.port))
      let tracer = export.pipeline.tracer(of: "trading")
      for (name, answers) in [
        ("throttled", ["throttled", "throttled", ""]),
        ("away", ["UNAVAILABLE", ""]),
        ("exhausted for good", ["RESOURCE_EXHAUSTED"]),
        ("wrong", ["INVALID_ARGUMENT"]),
        ("partly", ["partial"]),
        ("last", [""]),
      ] {
        for answer in answers { try await receiver.answer(answer) }
        end(name, tracer)
        for answer in answers {
          let call: OTLPReceiver.Export
          do { call = try await receiver.next() } catch {
            Issue.record("no call for \(name), \(answer): \(log.lines)")
            throw error
          }
          #expect(call.answer == answer && call.spans.map(\.name) == [name])
        }
      }
      await export.stop()
      #expect(await count("exporter_span_exported", "none") == 3)
      #expect(await count("exporter_span_exported", "RESOURCE_EXHAUSTED") == 1)
      #expect(await count("exporter_span_exported", "INVALID_ARGUMENT") == 1)
      #expect(await count("exporter_span_exported", "rejected") == 1)
    }
  }

  @Test func overTLSAndCompressed() async throws {
    let certificates = try TestCertificates()
    try await OTLPReceiver.run(
      identity: try certificates.service("collector"), trusting: certificates.authorityPath
    ) { receiver in
      let identity = try certificates.service("trading")
      let export = try start(
        configuration(port: receiver.port) {
          $0.collector?.compresses = true
          $0.collector?.tls = .client(
            identity: identity, trustedAuthoritiesPath: certificates.authorityPath,
            expecting: .init(host: "localhost"), applicationProtocols: ["h2"])
        })
      let span = export.pipeline.tracer(of: "trading").begin("s", .internal, parent: nil).recording
      span?.set("much", .text(String(repeating: "x", count: 1_000)))
      span?.end()
      let call = try await receiver.next()
      #expect(call.spans.first?.attributes["much"]?.count == 1_000)
      await export.stop()
      #expect(await count("exporter_span_exported", "none") == 1)
    }
  }

  /// A collector that is not there costs spans, and whoever ends them nothing.
  @Test func aCollectorThatIsAwayCostsSpansAndNothingElse() async throws {
    let export = try start(
      configuration(port: 1, batch: 10) {
        $0.batching.queueLimit = 20
        $0.batching.exportTimeout = .milliseconds(200)
        $0.batching.flushLimit = .milliseconds(1)
      })
    let tracer = export.pipeline.tracer(of: "trading")
    for number in 0..<1_000 { end("\(number)", tracer) }
    try await eventually { await count("exporter_span_exported", "UNAVAILABLE") >= 10 }
    await export.stop()
    let (kept, dropped) = (
      await count("processor_span_processed", "none"),
      await count("processor_span_processed", "queue_full")
    )
    #expect(kept + dropped == 1_000 && kept >= 20)
    // One line for all batches that were lost.
    let lines = log.lines.filter { $0.message == "spans are not exported" }
    #expect(lines.count { $0.level == .warning } == 1)
  }

  @Test func withoutACollectorNothingIsStarted() {
    #expect(TraceExport.start(.init(), metrics: metrics, logger: log.logger)?.pipeline == nil)
  }
}
