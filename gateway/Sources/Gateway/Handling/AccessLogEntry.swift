internal import Logging
internal import RPC
internal import Transcoding

/// One line of the access log.
///
/// It names the route, never the path: a path may hold what is private.
struct AccessLogEntry {
  let method: String
  let correlationID: String
  var route = noRoute
  var status = 101
  var code: StatusCode?
  var duration: Duration = .zero
  /// What was counted of the request, where its class has a limit.
  var rate: RateDecision?
  /// When the operation goes, if it does.
  var deprecation: Deprecation?

  /// What stands for the route of a request that none was found for.
  static let noRoute = "-"

  init(method: String, correlationID: String) {
    self.method = method
    self.correlationID = correlationID
  }

  func write(to logger: Logger) {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    var metadata: Logger.Metadata = [
      "method": "\(method)", "route": "\(route)", "status": "\(status)",
      "duration_us": "\(microseconds)", "correlation_id": "\(correlationID)",
    ]
    if let code { metadata["code"] = "\(code.name)" }
    logger.info("request answered", metadata: metadata)
  }
}
