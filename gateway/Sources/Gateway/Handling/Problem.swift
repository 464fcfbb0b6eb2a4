internal import RPC

/// What went wrong with a request, in the form of RFC 9457.
struct Problem: Error, Sendable {
  /// One field that breaks a rule.
  struct FieldError: Sendable, Hashable {
    /// The field in JSON names, such as `legs[2].limitPrice`.
    let field: String
    /// A constant for programs; may be empty.
    let reason: String
    /// A sentence for people.
    let description: String
  }

  /// What is known about the effect of a request that failed.
  enum Effect: String, Sendable, Hashable {
    /// Nothing was changed.
    case unchanged = "none"
    /// The request may have taken effect: it must not be read as failed.
    case unknown
  }

  /// The media type.
  static let contentType = "application/problem+json"

  /// What all types start with; the rest is the reason.
  static let typePrefix = "urn:alphintra:problem:"

  /// The HTTP status.
  var status: Int

  /// The kind of failure among those of gRPC.
  var code: StatusCode

  /// The kind of failure among those of the contract, or of the edge.
  var reason: String

  /// What happened, for the person who reads it.
  var detail: String

  /// Every field that is wrong.
  var errors: [FieldError] = []

  /// What the contract adds to the reason: the amounts behind `INSUFFICIENT_FUNDS`.
  var metadata: [(key: String, value: String)] = []

  /// What is known about the effect; nil where the status says it: the request was refused.
  var effect: Effect?

  /// After how many seconds repeating can help.
  var retryAfterSeconds: Int?

  /// Headers that the status asks for.
  var headers: [(name: String, value: String)] = []

  init(_ status: Int, _ code: StatusCode, reason: String, _ detail: String) {
    self.status = status
    self.code = code
    self.reason = reason
    self.detail = detail
  }

  /// The URI of the kind of problem.
  var type: String {
    Self.typePrefix + String(reason.lowercased().map { $0 == "_" ? "-" : $0 })
  }

  /// Writes the members of RFC 9457 and ours into a JSON object, all but the type.
  func writeMembers(to object: inout JSONText.Object, instance: String?, correlationID: String) {
    object.field("title", ReasonPhrase.of(status))
    object.field("status", status)
    object.field("detail", detail)
    if let instance { object.field("instance", instance) }
    object.field("code", code.name)
    object.field("reason", reason)
    if !errors.isEmpty {
      object.array("errors", of: errors) { error, object in
        object.field("field", error.field)
        if !error.reason.isEmpty { object.field("reason", error.reason) }
        object.field("description", error.description)
      }
    }
    if !metadata.isEmpty {
      object.object("metadata") { object in
        for (key, value) in metadata { object.field(key, value) }
      }
    }
    if let effect { object.field("effect", effect.rawValue) }
    object.field("correlationId", correlationID)
  }

  /// The response that tells the problem.
  func response(instance: String, correlationID: String) -> EdgeResponse {
    let body = JSONText.object { object in
      object.field("type", type)
      writeMembers(to: &object, instance: instance, correlationID: correlationID)
    }
    var headers = headers
    if let retryAfterSeconds { headers.append(("retry-after", "\(retryAfterSeconds)")) }
    return EdgeResponse(
      status: status, contentType: Self.contentType, headers: headers, body: body)
  }
}

/// The reason phrases of the statuses that the edge sends (RFC 9110 section 15, RFC 6585).
enum ReasonPhrase {
  static func of(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 422: "Unprocessable Content"
    case 426: "Upgrade Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 499: "Client Closed Request"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Status \(status)"
    }
  }
}
