internal import NIOHTTP1
internal import RPC
internal import Transcoding

/// Which pages of other origins may use the edge (https://fetch.spec.whatwg.org/#http-cors-protocol).
///
/// Origins stand on a list; the answer names the one that asked and never "*", which would admit all. Users are known
/// by the tokens that a page sends, not by cookies, so that no page is told that it may send credentials.
struct CORS: Sendable {
  /// What a page may send beside what every page may.
  static let requestHeaders = [
    "authorization", "content-type", "idempotency-key", "traceparent", "tracestate",
    CorrelationID.header,
  ]

  /// What a page may read beside what every page may.
  static let exposedHeaders = [
    "deprecation", "link", "ratelimit", "ratelimit-policy", "retry-after", "sunset",
    "www-authenticate", CorrelationID.header,
  ]

  private let origins: Set<String>
  private let maximumAge: Int64

  init(_ configuration: GatewayConfiguration) {
    origins = Set(configuration.allowedOrigins)
    maximumAge = configuration.preflightAge.components.seconds
  }

  /// Adds what the page that asked needs to read a response.
  func add(to response: inout EdgeResponse, for request: HTTPHeaders) {
    guard !origins.isEmpty else { return }
    // The answer to one page is no answer to another.
    response.headers.append(("vary", "origin"))
    guard let origin = allowed(request) else { return }
    addPermission(for: origin, to: &response)
  }

  private func addPermission(for origin: String, to response: inout EdgeResponse) {
    response.headers.append(("access-control-allow-origin", origin))
    response.headers.append(
      ("access-control-expose-headers", Self.exposedHeaders.joined(separator: ", ")))
  }

  /// The same for a request that was refused before its head was read, so that nobody knows which page asked.
  ///
  /// Where one origin is allowed the answer names it: a page of another does not get to read it. Where there are several
  /// none of them does.
  func addUnseen(to response: inout EdgeResponse) {
    guard !origins.isEmpty else { return }
    response.headers.append(("vary", "origin"))
    guard origins.count == 1, let origin = origins.first else { return }
    addPermission(for: origin, to: &response)
  }

  /// Whether a request is a browser's question about another that it means to send.
  static func isPreflight(_ request: EdgeRequest) -> Bool {
    request.method == "OPTIONS" && request.headers.contains(name: "origin")
      && request.headers.contains(name: "access-control-request-method")
  }

  /// Answers that question.
  ///
  /// - Parameter verbs: What the path answers.
  /// - Throws: Where the origin is not on the list.
  func preflight(_ request: HTTPHeaders, verbs: [HTTPVerb]) throws(Problem) -> EdgeResponse {
    guard allowed(request) != nil else {
      let origin = request[canonicalForm: "origin"].joined(separator: ", ")
      throw Problem(
        403, .permissionDenied, reason: "ORIGIN_NOT_ALLOWED",
        "pages of \(origin.prefix(200)) may not use this server")
    }
    let readable = verbs.contains(.get) ? ["HEAD"] : []
    return EdgeResponse(
      status: 204, contentType: nil,
      headers: [
        (
          "access-control-allow-methods",
          (verbs.map(\.rawValue) + readable).joined(separator: ", ")
        ),
        ("access-control-allow-headers", Self.requestHeaders.joined(separator: ", ")),
        ("access-control-max-age", "\(maximumAge)"),
      ])
  }

  /// The origin of a request, if it is on the list.
  private func allowed(_ request: HTTPHeaders) -> String? {
    let values = request[canonicalForm: "origin"]
    guard values.count == 1 else { return nil }
    let origin = String(values[0])
    return origins.contains(origin) ? origin : nil
  }
}

extension Edge {
  /// Answers a browser's question whether a page of another origin may send a request.
  func preflight(_ request: EdgeRequest, _ head: RequestHead) throws(Problem) -> EdgeResponse {
    switch table.match(nil, head.path) {
    case .verbNotAllowed(let allowed): try cors.preflight(request.headers, verbs: allowed)
    // No verb at all is never found.
    case .found, .notFound: throw .routeNotFound(head.method, head.path.text)
    }
  }
}
