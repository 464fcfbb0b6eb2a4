/// A password that may be set: long enough, and not the first one an attacker would try.
///
/// Length is the rule that helps; rules about kinds of characters do not (NIST SP 800-63B
/// section 5.1.1.2).
public struct NewPassword: Sendable {
  /// The least characters.
  public static let minimumCharacters = 12
  /// The most characters: a hash costs the same for all, but the request must end somewhere.
  public static let maximumCharacters = 128

  /// The secret itself: it is hashed and then forgotten.
  public let text: String

  /// Reads a password that shall be set by the owner of an address.
  ///
  /// Characters are counted as Unicode scalars, as NIST says.
  public init(_ text: String, for email: EmailAddress?) throws(NewPasswordError) {
    let count = text.unicodeScalars.count
    guard count >= Self.minimumCharacters else { throw .tooShort(count) }
    guard count <= Self.maximumCharacters else { throw .tooLong(count) }
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw .controlCharacter
    }
    let folded = text.lowercased()
    if let email, folded == email.canonicalText || folded == email.canonicalLocalPart {
      throw .sameAsAddress
    }
    guard !Self.isPredictable(folded) else { throw .predictable }
    self.text = text
  }

  /// Whether a password is one of the most common of its length, a run of the keyboard, or a short
  /// text repeated.
  private static func isPredictable(_ folded: String) -> Bool {
    let scalars = Array(folded.unicodeScalars)
    let runs = ["01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"]
    if runs.contains(where: { $0.contains(folded) || String($0.reversed()).contains(folded) }) {
      return true
    }
    if common.contains(folded) { return true }
    // A period of at most four characters: "aaaaaaaaaaaa", "abcabcabcabc", "123412341234".
    return (1...4).contains { period in
      zip(scalars, scalars.dropFirst(period)).allSatisfy(==)
    }
  }

  private static let common: Set<String> = [
    "password1234", "password12345", "password123456", "passwordpassword", "1q2w3e4r5t6y",
    "1qaz2wsx3edc", "qwerty123456", "qwerty1234567", "q1w2e3r4t5y6", "123456789abc",
    "abcdefgh1234", "iloveyou1234", "administrator", "letmein12345", "welcome12345",
    "changeme1234", "alphintra1234", "alphintra12345",
  ]
}

extension NewPassword: CustomStringConvertible {
  /// Nothing: a password is never printed.
  public var description: String { "(password)" }
}

/// Why a password may not be set.
public enum NewPasswordError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Fewer characters than required; carries how many.
  case tooShort(Int)
  /// More characters than allowed; carries how many.
  case tooLong(Int)
  /// A character that cannot be seen or typed.
  case controlCharacter
  /// The address or its local part.
  case sameAsAddress
  /// Among the first that an attacker would try.
  case predictable

  /// The rule that is broken, without the password.
  public var description: String {
    switch self {
    case .tooShort(let count):
      "a password has at least \(NewPassword.minimumCharacters) characters, this one has \(count)"
    case .tooLong(let count):
      "a password has at most \(NewPassword.maximumCharacters) characters, this one has \(count)"
    case .controlCharacter: "a password has no control characters"
    case .sameAsAddress: "a password is not the address"
    case .predictable: "this password is among the first to be guessed"
    }
  }
}
