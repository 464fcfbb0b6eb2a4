internal import Admin
public import Configuration
public import Logging
internal import Observability
public import ProcessKit
public import Registry
internal import TraceExport
import UnixSignals

/// Runs services in this process, from their settings to the end of their work.
public enum ServiceRunner {
  /// Runs services until SIGTERM or SIGINT, then drains them.
  ///
  /// The services start and stop at the same time as each other, and share nothing but the process:
  /// each has its own certificate, database role, settings and port.
  ///
  /// - Parameter descriptors: what the services are described by to those who ask.
  /// - Throws: `ConfigurationError` with all problems of all services, before anything is opened;
  ///   what else kept a service from starting; ``ServiceFailure`` when a background task ended by
  ///   itself, after the services have drained.
  public static func run(
    _ definitions: [ServiceDefinition], descriptors: DescriptorPool, reader: ConfigReader,
    logger: Logger
  ) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    try await run(
      definitions, descriptors: descriptors, reader: reader, logger: logger,
      notifier: .fromEnvironment
    ) {
      for await signal in signals { return "\(signal)" }
      return nil
    }
  }

  /// Runs services until told to stop.
  ///
  /// - Parameters:
  ///   - descriptors: what the services are described by to those who ask.
  ///   - notifier: told when all services answer, and when they stop.
  ///   - stop: returns why the services are to stop, or nil when it was cancelled.
  public static func run(
    _ definitions: [ServiceDefinition], descriptors: DescriptorPool, reader: ConfigReader,
    logger: Logger, notifier: ReadinessNotifier, until stop: @escaping @Sendable () async -> String?
  ) async throws {
    let configurations = try configurations(of: definitions, reader)
    let process = try processConfiguration(of: definitions, reader)
    let metrics = MetricsRegistry()
    let export = TraceExport.start(process.traces, metrics: metrics, logger: logger)
    let diagnostics = Diagnostics(metrics: metrics, traces: export?.pipeline)
    let admin = try await AdminServer.start(diagnostics, process.admin, logger: logger)
    let (ends, continuation) = AsyncStream.makeStream(of: End.self)
    let stopping = Task {
      if let reason = await stop() { continuation.yield(.stop(reason: reason)) }
    }
    defer { stopping.cancel() }
    let starting = Task {
      try await start(definitions, configurations, descriptors, diagnostics, reader, logger) {
        continuation.yield(.failure($0))
      }
    }
    let started = Task {
      do {
        let running = try await starting.value
        try notifier.ready(
          status: "serving \(definitions.map(\.name).joined(separator: ", "))",
          addresses: running.map { "\($0.address)" }, adminAddress: admin.address)
      } catch {
        continuation.yield(.failedStart(error))
      }
    }
    let end = await withTaskCancellationHandler {
      await Task { await ends.first { _ in true } }.value ?? .stop(reason: "end")
    } onCancel: {
      continuation.yield(.stop(reason: "cancellation"))
    }
    logger.notice("stopping", metadata: ["reason": "\(end)"])
    notifier.stopping()
    starting.cancel()
    await started.value
    await stopAll((try? await starting.value) ?? [])
    await export?.stop()
    await admin.stop()
    if let error = end.error { throw error }
  }

  /// Why services stop.
  private enum End: Sendable, CustomStringConvertible {
    case stop(reason: String)
    case failure(ServiceFailure)
    case failedStart(any Error)

    var error: (any Error)? {
      switch self {
      case .stop: nil
      case .failure(let failure): failure
      case .failedStart(let error): error
      }
    }

    var description: String {
      switch self {
      case .stop(let reason): reason
      case .failure(let failure): "\(failure)"
      case .failedStart(let error): "\(error)"
      }
    }
  }

  /// The settings of every service, or everything that is wrong with any of them.
  private static func configurations(
    of definitions: [ServiceDefinition], _ reader: ConfigReader
  ) throws(ConfigurationError) -> [ServiceConfiguration] {
    var problems: [ConfigurationError.Problem] = []
    var configurations: [ServiceConfiguration] = []
    for definition in definitions {
      do throws(ConfigurationError) {
        configurations.append(
          try ServiceConfiguration(reader, service: definition.name, calling: definition.allCalls))
      } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return configurations
  }

  /// What a process has once, whatever services are in it.
  private struct ProcessConfiguration {
    let admin: AdminConfiguration
    let traces: TraceExportConfiguration
  }

  /// Where the process answers its operators and sends its spans: a service that is alone in it may have
  /// settings of its own.
  private static func processConfiguration(
    of definitions: [ServiceDefinition], _ reader: ConfigReader
  ) throws(ConfigurationError) -> ProcessConfiguration {
    var settings = Settings(
      reader, service: definitions.count == 1 ? definitions[0].name : "")
    let configuration = ProcessConfiguration(
      admin: AdminConfiguration(&settings), traces: TraceExportConfiguration(&settings))
    try settings.finish()
    return configuration
  }

  /// Starts all services at once; when one fails, the others are stopped.
  private static func start(
    _ definitions: [ServiceDefinition], _ configurations: [ServiceConfiguration],
    _ descriptors: DescriptorPool, _ diagnostics: Diagnostics, _ reader: ConfigReader,
    _ logger: Logger,
    _ didFail: @escaping @Sendable (ServiceFailure) -> Void
  ) async throws -> [RunningService] {
    let (running, failure) = await withTaskGroup(
      of: Result<RunningService, any Error>.self,
      returning: ([RunningService], (any Error)?).self
    ) { group in
      for (definition, configuration) in zip(definitions, configurations) {
        group.addTask {
          var logger = logger
          logger[metadataKey: "service"] = "\(definition.name)"
          do {
            return .success(
              try await RunningService.start(
                definition, configuration, reader: reader, descriptors: descriptors,
                diagnostics: diagnostics, logger: logger, didFail: didFail))
          } catch {
            logger.error("service does not start", error: error)
            return .failure(error)
          }
        }
      }
      var running: [RunningService] = []
      var failure: (any Error)?
      for await result in group {
        switch result {
        case .success(let service): running.append(service)
        case .failure(let error):
          failure = failure ?? error
          group.cancelAll()
        }
      }
      return (running, failure)
    }
    guard let failure else { return running }
    await stopAll(running)
    throw failure
  }

  private static func stopAll(_ services: [RunningService]) async {
    await withTaskGroup { group in
      for service in services { group.addTask { await service.stop() } }
    }
  }
}
