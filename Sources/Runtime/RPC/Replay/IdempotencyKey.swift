/// What the two ends of a call agree on about a key under which it has its effect once
/// (draft-ietf-httpapi-idempotency-key-header).
public enum IdempotencyKey {
  /// The metadata that carries it.
  public static let metadataName = "idempotency-key"

  /// The most characters of a key.
  public static let lengthLimit = 255

  /// What a key looks like, in words.
  public static let rule = "has 1 to \(lengthLimit) visible characters of ASCII"

  /// The domain of the reasons below.
  public static let errorDomain = "idempotency.alphintra.com"

  /// INVALID_ARGUMENT: the key names another request of the same caller to the same method.
  public static let reusedReason = "IDEMPOTENCY_KEY_REUSED"

  /// ABORTED: the request that the key names is being worked on.
  public static let inFlightReason = "IDEMPOTENCY_KEY_IN_FLIGHT"

  /// UNKNOWN: who worked on the request that the key names has gone; whether it took effect is to be looked up.
  public static let lostReason = "IDEMPOTENCY_OUTCOME_UNKNOWN"

  /// INVALID_ARGUMENT: the key breaks the rule.
  public static let invalidReason = "IDEMPOTENCY_KEY_INVALID"

  /// Whether a key follows the rule.
  public static func isValid(_ key: String) -> Bool {
    (1...lengthLimit).contains(key.utf8.count) && key.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }
}
