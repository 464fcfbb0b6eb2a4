import Postgres
import RPC

/// Gives what storage says a status, where nothing more can be said than that.
///
/// - Parameter howToFindOut: what the caller does when nobody knows whether the work was done.
nonisolated(nonsending) func reportingStorage<Value>(
  howToFindOut: String = "read again what it changes",
  _ body: nonisolated(nonsending) () async throws -> Value
) async throws -> Value {
  do {
    return try await body()
  } catch let error as UnknownOutcome {
    throw RPCError(
      .unavailable, .outcomeUnknown,
      "whether the request was carried out is not known: \(howToFindOut)", cause: error)
  } catch let error as PostgresError {
    throw RPCError(storage: error)
  }
}

extension RPCError {
  fileprivate init(storage error: PostgresError) {
    switch error.code {
    case .cancelled:
      self.init(.cancelled, "the call was cancelled", cause: error)
    case .queryCanceled, .poolClosed,
      _ where error.isRetryable:
      self.init(
        .unavailable, .storageUnavailable, "storage does not answer; nothing was changed",
        cause: error)
    default:
      self.init(.internal, "the service failed", cause: error)
    }
  }
}
