internal import NIOHTTP1
internal import RPC
internal import Transcoding

/// What the edge reads from a request before it looks for a route.
struct RequestHead: Sendable {
  let method: String
  /// The verb; HEAD is answered as GET without the body.
  let verb: HTTPVerb?
  let path: RequestPath
  let query: String
  let correlationID: String
  let headers: HTTPHeaders
  /// Who asks: the other end of the connection, or whom a trusted proxy names.
  let client: IPAddress?

  /// Reads and checks the head.
  ///
  /// - Parameters:
  ///   - correlationID: The id where the client chose none.
  ///   - client: Who asks.
  init(_ request: EdgeRequest, correlationID: String, client: IPAddress?) throws(Problem) {
    method = request.method
    self.client = client
    verb = HTTPVerb(rawValue: request.method == "HEAD" ? "GET" : request.method)
    headers = request.headers
    if request.isHTTP11, request.headers[canonicalForm: "host"].count != 1 {
      throw .malformedRequest("an HTTP/1.1 request has one Host header")
    }
    let target = try Self.originForm(request.target)
    let mark = target.firstIndex(of: "?")
    do throws(RequestPath.Failure) {
      path = try RequestPath(Self.currentVersion(target[..<(mark ?? target.endIndex)]))
    } catch {
      throw .malformedPath(error)
    }
    query = mark.map { String(target[target.index(after: $0)...]) } ?? ""
    self.correlationID = correlationID
  }

  /// The metadata that every RPC of this request carries.
  ///
  /// - Parameter token: The end user's token, for methods that need a user.
  func metadata(token: String?) throws(Problem) -> Metadata {
    var metadata = Metadata()
    do {
      try metadata.add(ServerContext.correlationIDName, correlationID)
      if let token { try metadata.add("authorization", "Bearer \(token)") }
    } catch {
      throw .malformedRequest("\(error)")
    }
    return metadata
  }

  /// The end user's token, if the request carries one.
  func token() throws(Problem) -> String? {
    guard let value = try headers.only("authorization") else { return nil }
    return try BearerToken.parse(value)
  }

  /// What the paths of the API begin with, and what they may begin with for who names its version.
  private static let prefix = "/api/"
  private static let versionedPrefix = "/api/v1/"

  /// The path of the version that there is: `/api/v1/orders` is `/api/orders`.
  private static func currentVersion(_ path: Substring) -> String {
    guard path.hasPrefix(versionedPrefix) else { return String(path) }
    return prefix + path.dropFirst(versionedPrefix.count)
  }

  /// The client's idempotency key, if the request carries one, with or without the quotes of a structured field
  /// (RFC 8941 section 3.3.3).
  func idempotencyKey() throws(Problem) -> String? {
    guard let value = try headers.only("idempotency-key") else { return nil }
    let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
    let key = isQuoted ? String(value.dropFirst().dropLast()) : value
    guard IdempotencyKey.isValid(key), !key.contains("\"") else {
      throw Problem(
        400, .invalidArgument, reason: IdempotencyKey.invalidReason,
        "header Idempotency-Key \(IdempotencyKey.rule), got \(key.utf8.count)")
    }
    return key
  }

  /// The path and query of a target, which may name the server as a proxy would be told it
  /// (RFC 9112 section 3.2.2).
  private static func originForm(_ target: String) throws(Problem) -> Substring {
    if target.hasPrefix("/") { return target[...] }
    for scheme in ["https://", "http://"] where target.lowercased().hasPrefix(scheme) {
      let rest = target.dropFirst(scheme.count)
      return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }
    throw .malformedRequest("the request's target is a path, got \"\(target.prefix(100))\"")
  }
}

extension HTTPHeaders {
  /// The value of a header that may stand once.
  func only(_ name: String) throws(Problem) -> String? {
    let values = self[name]
    guard values.count <= 1 else {
      throw .malformedRequest("header \(name) is given once, got \(values.count)")
    }
    return values.first
  }
}
