/// Why a record is not the event its topic promises.
///
/// Decoding the same record again fails the same way, so a consumer sends it to the dead letters.
public enum EventDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A required header is absent.
  case missingHeader(name: String)
  /// A header's value breaks its rule.
  case invalidHeader(name: String, rule: String, value: String)
  /// The payload's content type is none that a consumer reads.
  case unsupportedContentType(String)
  /// The payload is not a message of the expected type.
  case invalidPayload(type: String, reason: String)

  /// A sentence that names the field, the rule and the value.
  public var description: String {
    switch self {
    case .missingHeader(let name): "header \(name) is missing"
    case .invalidHeader(let name, let rule, let value): "header \(name) \(rule), not \"\(value)\""
    case .unsupportedContentType(let value):
      "header content-type must be one of "
        + EventContentType.allCases.map(\.rawValue).joined(separator: ", ") + ", not \"\(value)\""
    case .invalidPayload(let type, let reason): "payload is not a \(type): \(reason)"
    }
  }
}
