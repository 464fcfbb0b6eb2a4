internal import Logging

/// Keeps secrets out of the log, whoever hands them in.
enum Redaction {
  /// What stands in a secret's place.
  static let mark = "(hidden)"

  /// Parts of names whose values are never written.
  private static let secretNames = [
    "password", "passwd", "secret", "authorization", "cookie", "private_key", "api_key",
    "credential",
  ]

  /// Whether a field of this name, such as `refresh_token` or `db.password`, holds a secret.
  static func hides(_ name: String) -> Bool {
    let name = name.lowercased()
    return name == "token" || name.hasSuffix("_token") || name.hasSuffix("token")
      || secretNames.contains { name.contains($0) }
  }

  /// The text without what looks like a JSON Web Token or a password in a connection string.
  static func scrub(_ text: String) -> String {
    let bytes = text.utf8
    // The usual case costs one pass and no copy.
    guard bytes.contains(UInt8(ascii: "e")) || bytes.contains(UInt8(ascii: "=")) else {
      return text
    }
    guard text.contains("eyJ") || text.contains("password=") else { return text }
    var result = ""
    var rest = Substring(text)
    while let start = nextSecret(in: rest) {
      result += rest[..<start]
      result += mark
      rest = rest[start...].drop { !endsSecret($0) }
    }
    return result + rest
  }

  private static func nextSecret(in text: Substring) -> Substring.Index? {
    let token = text.firstRange(of: "eyJ")?.lowerBound
    let password = text.firstRange(of: "password=")?.upperBound
    guard let token, let password else { return token ?? password }
    return min(token, password)
  }

  private static func endsSecret(_ character: Character) -> Bool {
    character.isWhitespace || "\"',;&)}]".contains(character)
  }
}
