internal import Protobuf
internal import RPC
internal import Transcoding

/// The problems that the edge finds itself.
extension Problem {
  static func malformedRequest(_ detail: String) -> Problem {
    Problem(400, .invalidArgument, reason: "MALFORMED_REQUEST", detail)
  }

  static func malformedPath(_ failure: RequestPath.Failure) -> Problem {
    Problem(400, .invalidArgument, reason: "MALFORMED_PATH", failure.description)
  }

  static func malformedQuery(_ failure: QueryString.Failure) -> Problem {
    Problem(400, .invalidArgument, reason: "MALFORMED_QUERY", failure.description)
  }

  static func routeNotFound(_ method: String, _ path: String) -> Problem {
    Problem(404, .notFound, reason: "ROUTE_NOT_FOUND", "no route answers \(method) \(path)")
  }

  static func methodNotAllowed(_ method: String, allowed: [String]) -> Problem {
    let allowed = allowed.joined(separator: ", ")
    var problem = Problem(
      405, .unimplemented, reason: "METHOD_NOT_ALLOWED",
      "the path answers \(allowed), not \(method)")
    problem.headers = [("allow", allowed)]
    return problem
  }

  static func unsupportedMediaType(_ mediaType: String?) -> Problem {
    let got = mediaType.map { "\"\($0)\"" } ?? "none"
    return Problem(
      415, .invalidArgument, reason: "UNSUPPORTED_MEDIA_TYPE",
      "the body's Content-Type is application/json in UTF-8, got \(got)")
  }

  static func unsupportedContentEncoding(_ encoding: String) -> Problem {
    Problem(
      415, .invalidArgument, reason: "UNSUPPORTED_CONTENT_ENCODING",
      "the body has no Content-Encoding, got \"\(encoding)\"")
  }

  static func bodyTooLarge(limit: Int) -> Problem {
    Problem(
      413, .invalidArgument, reason: "BODY_TOO_LARGE", "the body has at most \(limit) bytes")
  }

  static func headersTooLarge(_ limits: GatewayLimits) -> Problem {
    Problem(
      431, .invalidArgument, reason: "HEADERS_TOO_LARGE",
      """
      a request has at most \(limits.headerFields) header fields of \(limits.headerFieldBytes) bytes \
      each, the target included, and \(limits.headerListBytes) bytes together
      """)
  }

  static func requestTimeout(_ what: String, _ limit: Duration) -> Problem {
    Problem(
      408, .deadlineExceeded, reason: "REQUEST_TIMEOUT",
      "the request's \(what) did not arrive within \(limit)")
  }

  static func tokenMissing(_ detail: String) -> Problem {
    unauthenticated("TOKEN_MISSING", detail)
  }

  static func tokenMalformed(_ detail: String) -> Problem {
    unauthenticated("TOKEN_INVALID", detail)
  }

  private static func unauthenticated(_ reason: String, _ detail: String) -> Problem {
    var problem = Problem(401, .unauthenticated, reason: reason, detail)
    problem.headers = [challenge(nil)]
    return problem
  }

  static func overloaded(limit: Int) -> Problem {
    var problem = Problem(
      503, .unavailable, reason: "OVERLOADED",
      "the gateway already works on \(limit) requests; this one was not started")
    problem.effect = .unchanged
    problem.retryAfterSeconds = 1
    return problem
  }

  static func serviceUnknown(_ service: String) -> Problem {
    var problem = Problem(
      503, .unavailable, reason: "SERVICE_NOT_CONFIGURED",
      "this gateway has no address of \(service); the request was not started")
    problem.effect = .unchanged
    return problem
  }

  /// What a transcoding error is to the client.
  init(_ error: TranscodingError) {
    switch error {
    case .parameters(let errors):
      self.init(
        400, .invalidArgument,
        reason: errors.count == 1 ? errors[0].reason.rawValue : "INVALID_PARAMETERS",
        error.description)
      self.errors = errors.map { error in
        FieldError(
          field: JSONFieldPath.of(error.field), reason: error.reason.rawValue,
          description: "\(error.rule), got \"\(error.value)\"")
      }
    case .unexpectedBody:
      self.init(400, .invalidArgument, reason: "UNEXPECTED_BODY", error.description)
    case .invalidRequest(let error): self.init(refusal: error)
    case .body(let error):
      self.init(400, .invalidArgument, reason: "MALFORMED_BODY", "body: \(error)")
      // The path has the names that the client wrote, known or not.
      errors = [
        FieldError(
          field: error.path, reason: "MALFORMED_BODY",
          description: "\(error)")
      ]
    }
  }
}
