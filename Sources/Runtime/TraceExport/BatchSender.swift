internal import Foundation
internal import Logging
internal import OTLPContract
internal import Observability
internal import RPC
internal import Synchronization

/// Sends batches of spans, each until the collector has taken it or it is given up.
final class BatchSender: Sendable {
  private let client: OTLPCollectorV1.TraceServiceClient
  private let options: CallOptions
  private let exportTimeout: Duration
  private let resource: [SpanAttribute]
  private let metrics: MetricsRegistry
  private let logger: Logger
  /// Whether the last batch was given up: one line for an outage, however long it lasts.
  private let isInterrupted = Atomic(false)

  init(
    _ client: OTLPCollectorV1.TraceServiceClient, _ collector: TraceExportConfiguration.Collector,
    _ configuration: TraceExportConfiguration, _ metrics: MetricsRegistry, _ logger: Logger
  ) {
    self.client = client
    self.metrics = metrics
    self.logger = logger
    exportTimeout = configuration.batching.exportTimeout
    resource = Self.process + configuration.resource
    var metadata = Metadata()
    for (name, value) in collector.headers.sorted(by: { $0.key < $1.key }) {
      do throws(MetadataError) { try metadata.add(name.lowercased(), value) } catch {
        logger.error("a header for the collector is not sent", error: error)
      }
    }
    options = CallOptions(
      timeout: collector.timeout, metadata: metadata, forwardsUser: false,
      compression: collector.compresses ? .gzip : .identity)
  }

  /// Sends a batch; nothing for an empty one.
  func send(_ spans: [SpanRecord]) async {
    guard !spans.isEmpty else { return }
    let request = ExportRequest.make(spans, resource)
    let end = ContinuousClock.now + exportTimeout
    var retry = ExportRetry()
    var options = options
    options.deadline = end
    while true {
      do throws(RPCError) {
        let response = try await client.export(request, options: options)
        return taken(spans.count, response.partialSuccess)
      } catch {
        guard let wait = retry.wait(after: error, jitter: .random(in: 0...1)),
          .now + wait < end, (try? await Task.sleep(for: wait)) != nil
        else { return givenUp(spans.count, error) }
      }
    }
  }

  private func taken(_ count: Int, _ partial: OTLPCollectorV1.ExportTracePartialSuccess?) {
    let rejected = min(max(Int(partial?.rejectedSpans ?? 0), 0), count)
    self.count(count - rejected, "none")
    if rejected > 0 { self.count(rejected, "rejected") }
    if let partial, rejected > 0 || !partial.errorMessage.isEmpty {
      logger.warning(
        "the collector has something to say",
        metadata: ["rejected_spans": "\(rejected)", "collector": "\(partial.errorMessage)"])
    }
    if isInterrupted.exchange(false, ordering: .relaxed) {
      logger.notice("spans are exported again")
    }
  }

  private func givenUp(_ count: Int, _ error: RPCError) {
    self.count(count, error.code.name)
    let wasInterrupted = isInterrupted.exchange(true, ordering: .relaxed)
    logger.log(
      level: wasInterrupted ? .debug : .warning, "spans are not exported", error: error,
      metadata: ["spans": "\(count)"])
  }

  private func count(_ spans: Int, _ error: String) {
    metrics.counter(
      "otel_sdk_exporter_span_exported_total",
      "Spans that were handed to the collector, by what came of them.", ["error_type": error]
    ).add(spans)
  }

  /// What a process says of itself, by OpenTelemetry's semantic conventions for resources.
  private static let process: [SpanAttribute] = [
    SpanAttribute("service.namespace", "alphintra"),
    SpanAttribute("service.instance.id", .text(UUID().uuidString.lowercased())),
    SpanAttribute("host.name", .text(ProcessInfo.processInfo.hostName)),
    SpanAttribute("process.pid", .integer(Int(ProcessInfo.processInfo.processIdentifier))),
    SpanAttribute("telemetry.sdk.language", "swift"),
    SpanAttribute("telemetry.sdk.name", "alphintra"),
  ]
}
