internal import EdgeClient
import Foundation

/// An answer of the edge that is no success: problem details (RFC 9457), read.
public struct APIProblem: Error, Sendable, CustomStringConvertible {
  /// One field that is wrong.
  public struct FieldError: Sendable, Hashable, Decodable {
    /// The field, in proto names.
    public let field: String
    /// The broken rule, for programs.
    public let reason: String?
    /// The broken rule, for people.
    public let description: String
  }

  /// The HTTP status.
  public let status: Int
  /// The RPC's status: `NOT_FOUND`.
  public let code: String
  /// A constant for programs: `ORDER_NOT_FOUND`.
  public let reason: String
  /// A sentence for people.
  public let detail: String
  /// The fields that are wrong.
  public let errors: [FieldError]
  /// Whether the request took effect, where it changes something: `none` or `unknown`.
  public let effect: String?
  /// The id that log lines of the request carry.
  public let correlationID: String
  /// What was asked.
  public let request: String

  /// Reads a response that is no success; what is not readable is quoted.
  init(_ response: EdgeClient.Response, request: String) {
    let members = try? JSONDecoder().decode(Members.self, from: Data(response.body))
    status = response.status
    self.request = request
    code = members?.code ?? "UNKNOWN"
    reason = members?.reason ?? "UNREADABLE_PROBLEM"
    detail = members?.detail ?? response.text
    errors = members?.errors ?? []
    effect = members?.effect
    correlationID = members?.correlationId ?? ""
  }

  /// Whether the request did not reach its service, and may be sent again without doing anything twice.
  var isServiceAway: Bool { reason == "SERVICE_UNAVAILABLE" && effect == "none" }

  private struct Members: Decodable {
    let code: String
    let reason: String
    let detail: String
    let errors: [FieldError]?
    let effect: String?
    let correlationId: String
  }

  /// What was asked, the status, the reason and the fields.
  public var description: String {
    let fields = errors.map { "; \($0.field): \($0.description)" }.joined()
    return "\(request): \(status) \(code) \(reason): \(detail)\(fields)"
  }
}
