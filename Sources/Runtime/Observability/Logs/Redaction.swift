internal import Logging

/// Keeps secrets out of the log, whoever hands them in.
enum Redaction {
  /// What stands in a secret's place.
  static let mark = "(hidden)"

  /// Parts of names whose values are never written.
  private static let secretNames: [StaticString] = [
    "password", "passwd", "secret", "authorization", "cookie", "private_key", "api_key",
    "credential",
  ]
  /// What tokens begin with, and what stands before the password of a connection string.
  private static let (token, password): (StaticString, StaticString) = ("eyJ", "password=")

  /// Whether a field of this name, such as `refresh_token` or `db.password`, holds a secret.
  static func hides(_ name: String) -> Bool {
    var name = name.lowercased()
    return name.hasSuffix("token")
      || name.withUTF8 { bytes in secretNames.contains { has($0, in: bytes) } }
  }

  /// The text without what looks like a JSON Web Token or a password in a connection string.
  static func scrub(_ text: String) -> String {
    var text = text
    let isClean = text.withUTF8 { !has(token, in: $0) && !has(password, in: $0) }
    guard !isClean else { return text }
    var result = ""
    var rest = Substring(text)
    while let start = nextSecret(in: rest) {
      result += rest[..<start]
      result += mark
      rest = rest[start...].drop { !endsSecret($0) }
    }
    return result + rest
  }

  /// Whether bytes have a text among them.
  ///
  /// Every name and value of every line is asked: to search a string for another costs tens of times as much.
  private static func has(_ part: StaticString, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let part = UnsafeBufferPointer(start: part.utf8Start, count: part.utf8CodeUnitCount)
    guard bytes.count >= part.count else { return false }
    return (0...bytes.count - part.count).contains { start in
      bytes[start] == part[0] && part.indices.allSatisfy { bytes[start + $0] == part[$0] }
    }
  }

  private static func nextSecret(in text: Substring) -> Substring.Index? {
    let token = text.firstRange(of: "\(token)")?.lowerBound
    let password = text.firstRange(of: "\(password)")?.upperBound
    guard let token, let password else { return token ?? password }
    return min(token, password)
  }

  private static func endsSecret(_ character: Character) -> Bool {
    character.isWhitespace || "\"',;&)}]".contains(character)
  }
}
