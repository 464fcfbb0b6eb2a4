public import Logging

extension LoggingSystem {
  /// Makes every logger of the process write lines.
  ///
  /// Once a process, before the first logger.
  ///
  /// - Parameter correlationID: asked for the id of the request at hand where
  ///   ``LogContext/correlationID`` is nil.
  public static func bootstrapLines(
    level: Logger.Level, format: LogFormat, output: LogOutput = .standardError,
    correlationID: @escaping @Sendable () -> String? = { nil }
  ) {
    bootstrap(
      { label, provider in
        LineLogHandler(
          label: label, level: level, format: format, output: output, metadataProvider: provider)
      }, metadataProvider: LogContext.metadataProvider(fallback: correlationID))
  }
}
