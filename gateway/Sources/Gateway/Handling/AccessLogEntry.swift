internal import Logging
internal import RPC
internal import Transcoding

/// One line of the access log.
///
/// It names the route, never the path: a path may hold what is private. Who asked is told by the address and by the
/// user's id, never by what the user shows for it.
struct AccessLogEntry {
  let method: String
  let correlationID: String
  /// Who asked: the other end of the connection, or whom a trusted proxy names.
  let client: IPAddress?
  /// The user's id, where the request says who that is.
  var user: String?
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

  /// What stands for the method of a request whose head was not read.
  static let noMethod = "-"

  init(method: String, correlationID: String, client: IPAddress?) {
    self.method = method
    self.correlationID = correlationID
    self.client = client
  }

  func write(to logger: Logger) {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    var metadata: Logger.Metadata = [
      "method": "\(method)", "route": "\(route)", "status": "\(status)",
      "duration_us": "\(microseconds)", "correlation_id": "\(correlationID)",
    ]
    if let client { metadata["client"] = "\(client)" }
    if let user { metadata["user"] = "\(user)" }
    if let code { metadata["code"] = "\(code.name)" }
    logger.info("request answered", metadata: metadata)
  }
}
