internal import Core

/// The id that ties together everything done for one outside request.
///
/// A client may choose it in `X-Correlation-Id`; otherwise it is a UUID of version 7. It is part of
/// every response, every problem, every log line and every RPC behind the request.
enum CorrelationID {
  /// The header that carries it, in both directions.
  static let header = "x-correlation-id"

  /// The most characters of a client's id.
  static let lengthLimit = 64

  /// What a client's id looks like, in words.
  static let rule = "has 1 to \(lengthLimit) characters of A-Z, a-z, 0-9, '-', '_' and '.'"

  /// Makes a new one.
  static func make(now: Instant) -> String {
    UUIDv7.make(now: now).description
  }

  /// Whether a client's id follows the rule.
  static func isValid(_ text: String) -> Bool {
    (1...lengthLimit).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
