internal import RPC
internal import Transcoding

/// The two questions of an orchestrator.
extension Edge {
  /// Whether the process answers (`/healthz`), and whether it also takes new work (`/readyz`).
  func health(_ head: RequestHead) throws(Problem) -> EdgeResponse {
    guard head.verb == .get else {
      throw .methodNotAllowed(head.method, allowed: ["GET", "HEAD"])
    }
    if head.path.text == "/readyz", state.isDraining {
      throw Problem(503, .unavailable, reason: "DRAINING", "the gateway is shutting down")
    }
    let body = JSONText.object { $0.field("status", "ok") }
    return EdgeResponse(status: 200, contentType: "application/json", body: body)
  }
}
