public import Logging

extension LoggingSystem {
  /// Makes every logger of the process write lines.
  ///
  /// Once a process, before the first logger.
  ///
  /// - Parameters:
  ///   - cloudProject: the project of Google Cloud whose traces JSON lines name; nil names none.
  ///   - identifiers: asked for the ids of the request at hand where the tasks do not say.
  public static func bootstrapLines(
    level: Logger.Level, format: LogFormat, output: LogOutput = .standardError,
    cloudProject: String? = nil,
    identifiers: @escaping @Sendable () -> LogContext.Identifiers = { .init() }
  ) {
    bootstrap(
      { label, provider in
        LineLogHandler(
          label: label, level: level, format: format, output: output, cloudProject: cloudProject,
          metadataProvider: provider)
      }, metadataProvider: LogContext.metadataProvider(fallback: identifiers))
  }
}
