/// A machine-readable detail of an error: the messages of `google/rpc/error_details.proto` in use here.
public enum ErrorDetail: Sendable, Hashable {
  /// The reason as a constant of the contract (`google.rpc.ErrorInfo`).
  ///
  /// Exactly one accompanies an error of a service: `INSUFFICIENT_FUNDS` of
  /// `trading.alphintra.com`, with the numbers in `metadata`.
  case errorInfo(reason: String, domain: String, metadata: [String: String])
  /// Every field that is wrong (`google.rpc.BadRequest`).
  case badRequest([FieldViolation])
  /// When repeating the call can help (`google.rpc.RetryInfo`).
  case retryInfo(delay: Duration)
  /// Any other message, kept as it came.
  case other(typeURL: String, bytes: [UInt8])
}

/// One field of a request that breaks a rule.
public struct FieldViolation: Sendable, Hashable {
  /// The path of the field in proto names, such as `legs[2].quantity`.
  public var field: String
  /// What is wrong, for the person who reads it.
  public var description: String
  /// What is wrong as a constant, such as `MUST_BE_POSITIVE`; may be empty.
  public var reason: String

  /// Creates a violation.
  public init(field: String, description: String, reason: String = "") {
    self.field = field
    self.description = description
    self.reason = reason
  }
}
