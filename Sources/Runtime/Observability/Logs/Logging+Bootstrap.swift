public import Logging

extension LoggingSystem {
  /// Makes every logger of the process write lines.
  ///
  /// Once a process, before the first logger.
  ///
  /// - Parameter identifiers: asked for the ids of the request at hand where the tasks do not say.
  public static func bootstrapLines(
    level: Logger.Level, format: LogFormat, output: LogOutput = .standardError,
    identifiers: @escaping @Sendable () -> LogContext.Identifiers = { .init() }
  ) {
    bootstrap(
      { label, provider in
        LineLogHandler(
          label: label, level: level, format: format, output: output, metadataProvider: provider)
      }, metadataProvider: LogContext.metadataProvider(fallback: identifiers))
  }
}
