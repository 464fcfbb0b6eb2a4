internal import NIOHTTP1

/// An HTTP request, of which the body may still be on its way.
struct EdgeRequest: Sendable {
  let method: String
  let target: String
  let headers: HTTPHeaders
  let body: EdgeBody
  let isHTTP11: Bool
  /// Who is at the other end of the connection; nil for what is no address of the internet.
  var peer: IPAddress?
}

/// What a request leads to.
enum EdgeOutcome: Sendable {
  /// An HTTP response.
  case response(EdgeResponse)
  /// The connection becomes a WebSocket of this user.
  case upgrade(WebSocketAdmission)
}

/// A whole HTTP response.
struct EdgeResponse: Sendable {
  let status: Int
  let contentType: String?
  var headers: [(name: String, value: String)]
  let body: [UInt8]
  /// Whether a service has done what this tells of.
  var tellsOfCall = false

  init(
    status: Int, contentType: String?, headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }
}
