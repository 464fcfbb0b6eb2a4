internal import Foundation
public import Logging
internal import OTLPContract
public import Observability
internal import ProcessKit
internal import RPC

/// Sends the spans of a process to a collector by OTLP over gRPC.
///
/// It works beside everything else: spans wait in a queue with a limit and go out in batches, by one call at a
/// time. A collector that is slow, away or refuses costs spans, which are counted, and nothing else.
public final class TraceExport: Sendable {
  /// How the process's services record their spans.
  public let pipeline: TracePipeline
  private let queue: SpanQueue
  private let batching: TraceExportConfiguration.Batching
  private let channel: CollectorChannel
  private let worker: Task<Void, Never>

  private init(
    _ collector: TraceExportConfiguration.Collector, _ configuration: TraceExportConfiguration,
    _ metrics: MetricsRegistry, _ logger: Logger
  ) {
    let queue = SpanQueue(configuration.batching, metrics)
    let channel = CollectorChannel(collector)
    self.queue = queue
    self.channel = channel
    batching = configuration.batching
    pipeline = TracePipeline(sampling: configuration.sampling, sink: queue)
    let sender = BatchSender(
      OTLPCollectorV1.TraceServiceClient(channel), collector, configuration, metrics, logger)
    let delay = configuration.batching.delay
    worker = Task.detached {
      while !queue.isClosed, !Task.isCancelled {
        await queue.signal.wait(atMost: delay)
        repeat { await sender.send(queue.next()) } while queue.hasBatch && !Task.isCancelled
      }
      while queue.count > 0, !Task.isCancelled { await sender.send(queue.next()) }
    }
  }

  /// Starts to export, if the configuration names a collector; nothing is connected yet.
  public static func start(
    _ configuration: TraceExportConfiguration, metrics: MetricsRegistry, logger: Logger
  ) -> TraceExport? {
    guard let collector = configuration.collector else { return nil }
    logger.info(
      "recording spans",
      metadata: [
        "collector": "\(collector.host):\(collector.port)",
        "ratio": "\(configuration.sampling.ratio)",
        "follows_parent": "\(configuration.sampling.followsParent)",
      ])
    return TraceExport(collector, configuration, metrics, logger)
  }

  /// Sends what is left, for as long as the configuration allows, and ends the connection.
  public func stop() async {
    queue.close()
    let limit = batching.flushLimit
    await withTaskGroup { group in
      group.addTask { [worker] in
        await withTaskCancellationHandler {
          await worker.value
        } onCancel: {
          worker.cancel()
        }
      }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
    channel.close()
  }
}
