public import Logging

/// What every log line of a request carries without being told.
public enum LogContext {
  /// The request that is being worked on, or nil.
  @TaskLocal public static var correlationID: String?

  /// The name of the correlation id among a line's fields.
  public static let correlationIDField = "correlation_id"

  /// Adds the correlation id to each line of a task.
  ///
  /// - Parameter fallback: asked where ``correlationID`` is nil, such as for the id of the RPC that
  ///   is being answered.
  public static func metadataProvider(
    fallback: @escaping @Sendable () -> String? = { nil }
  ) -> Logger.MetadataProvider {
    Logger.MetadataProvider {
      (correlationID ?? fallback()).map { [correlationIDField: .string($0)] } ?? [:]
    }
  }
}
