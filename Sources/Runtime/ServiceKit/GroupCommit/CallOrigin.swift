import Observability
import RPC

/// What a caller's work is done for, where others do it together with theirs: the call, its trace and its correlation id.
public struct CallOrigin: Sendable {
  private let correlationID: String?
  private let call: ServerContext?
  private let span: ActiveSpan?

  /// What the task at hand works for.
  public static var current: CallOrigin {
    CallOrigin(
      correlationID: LogContext.correlationID, call: ServerContext.current,
      span: ActiveSpan.current)
  }

  /// Does something as if by the task that this was taken in.
  public func run<Value>(_ body: () throws -> Value) rethrows -> Value {
    try LogContext.$correlationID.withValue(correlationID) {
      try ServerContext.$current.withValue(call) {
        try ActiveSpan.$current.withValue(span, operation: body)
      }
    }
  }
}
