import Observability
import RPC

/// What work is done for, where it is done together with that of others: the call, its trace and its correlation id.
public struct CallOrigin: Sendable {
  private let correlationID: String?
  private let call: ServerContext?
  let span: ActiveSpan?

  /// What the task at hand works for.
  public static var current: CallOrigin {
    CallOrigin(
      correlationID: LogContext.correlationID, call: ServerContext.current,
      span: ActiveSpan.current)
  }

  /// What an event that a consumer applies comes from: no call of this process.
  init(correlationID: String?, span: ActiveSpan?) {
    self.init(correlationID: correlationID, call: nil, span: span)
  }

  private init(correlationID: String?, call: ServerContext?, span: ActiveSpan?) {
    self.correlationID = correlationID
    self.call = call
    self.span = span
  }

  /// Does something as if by the task that this was taken in.
  public func run<Value>(_ body: () throws -> Value) rethrows -> Value {
    try LogContext.$correlationID.withValue(correlationID) {
      try ServerContext.$current.withValue(call) {
        try ActiveSpan.$current.withValue(span, operation: body)
      }
    }
  }

  /// Does something that takes time as if by the task that this was taken in.
  func run<Value: Sendable>(_ body: () async -> Value) async -> Value {
    await LogContext.$correlationID.withValue(correlationID) {
      await ServerContext.$current.withValue(call) {
        await ActiveSpan.$current.withValue(span) { await body() }
      }
    }
  }
}
