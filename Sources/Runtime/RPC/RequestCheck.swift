public import Protobuf

/// What a request that breaks rules of the contract is answered with, by the edge and by a service alike.
public enum RequestCheck {
  /// The reason in `google.rpc.ErrorInfo`.
  public static let reason = "INVALID_REQUEST"
  /// The domain of the reason.
  public static let domain = "contracts.alphintra.com"
  /// How many violations the message repeats; the details have them all.
  static let messageLimit = 8

  /// Checks a request by the rules that the contract states.
  ///
  /// - Throws: `.invalidArgument` with every field that breaks a rule (`google.rpc.BadRequest`).
  @inlinable
  public static func check(_ request: some Message) throws(RPCError) {
    let violations = request.ruleViolations()
    if !violations.isEmpty { throw error(violations) }
  }

  /// The error of a request that breaks rules.
  @usableFromInline
  static func error(_ violations: Violations) -> RPCError {
    let described = violations.described
    var sentences = described.prefix(messageLimit).map { "\($0.field) \($0.description)" }
    let more = described.count - sentences.count + violations.omitted
    if more > 0 { sentences.append("and \(more) more") }
    return RPCError(
      .invalidArgument, sentences.joined(separator: "; "),
      details: [
        .errorInfo(reason: reason, domain: domain, metadata: [:]),
        .badRequest(
          described.map {
            FieldViolation(
              field: $0.field, description: $0.description, reason: $0.reason.rawValue)
          }),
      ])
  }
}
