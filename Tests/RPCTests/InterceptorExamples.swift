import Observability
import RPC

// The code of the article "Writing an interceptor": a test compares the two.

/// Refuses clients that are too old, and counts how long the others' calls take.
struct MinimumVersion: ServerInterceptor {
  let minimum: Int
  let durations: Histogram

  func intercepts(_ method: MethodDescriptor) -> Bool {
    method.kind == .unary && !method.service.hasPrefix("grpc.")
  }

  func intercept<Answer: Sendable>(
    _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
  ) async throws -> Answer {
    guard let version = context.metadata["x-client-version"].flatMap(Int.init),
      version >= minimum
    else {
      throw RPCError(.failedPrecondition, "a client of version \(minimum) or later is needed")
    }
    let start = MonotonicTime.nanoseconds
    defer { durations.record(MonotonicTime.nanoseconds &- start) }
    return try await next(context)
  }
}

/// Lets handlers see which region a call comes from, whoever calls.
struct Region: ServerInterceptor {
  let own: String

  func intercept<Answer: Sendable>(
    _ context: ServerContext, _ next: (ServerContext) async throws -> Answer
  ) async throws -> Answer {
    var metadata = context.metadata
    if metadata["x-region"] == nil { try metadata.add("x-region", own) }
    return try await next(context.replacingMetadata(metadata))
  }
}

/// Says which version the client is, and tells how each call ended.
struct Version: ClientInterceptor {
  let number: Int
  let ended: @Sendable (MethodDescriptor, StatusCode) -> Void

  func intercept(
    _ head: CallHead, _ next: (CallHead) async throws(RPCError) -> any ClientCall
  ) async throws(RPCError) -> any ClientCall {
    var head = head
    head.metadata.append(contentsOf: ["x-client-version": .text("\(number)")])
    let (method, ended) = (head.method, ended)
    return try await next(head).whenEnded { failure in ended(method, failure?.code ?? .ok) }
  }
}

/// Reports take long, and hold their thread.
func interceptorsOfReports() -> [any ServerInterceptor] {
  let pool = BlockingPool(name: "reports", size: 4)
  let interceptors = [OffLoop(pool, for: [ReportsV1.ReportsMethods.makeReport])]
  return interceptors
}

/// Stands for a contract.
private enum ReportsV1 {
  enum ReportsMethods {
    static let makeReport = MethodDescriptor(
      service: "alphintra.reports.v1.Reports", method: "MakeReport", kind: .unary,
      access: AccessRule(callers: .mesh, user: .none))
  }
}
