/// The address a user registers and logs in with.
///
/// Two addresses are the same when they differ only in the case of their letters. Only plain
/// addresses are accepted: ASCII, no quoted local part, no address literal.
public struct EmailAddress: Sendable, CustomStringConvertible {
  /// The most bytes of an address (RFC 5321 section 4.5.3.1.3, without the angle brackets).
  public static let maximumBytes = 254
  /// The most bytes before the at sign (RFC 5321 section 4.5.3.1.1).
  public static let maximumLocalPartBytes = 64
  /// The most bytes between two dots of the domain (RFC 1035 section 2.3.4).
  public static let maximumLabelBytes = 63

  /// The address as its owner wrote it, without the space around it.
  public let text: String
  /// The address in the form in which addresses are compared.
  public let canonicalText: String

  /// Reads an address from outside.
  public init(_ text: String) throws(EmailAddressError) {
    let trimmed = text.trimmingSpace()
    guard !trimmed.isEmpty else { throw .missing }
    guard trimmed.utf8.count <= Self.maximumBytes else { throw .tooLong(trimmed.utf8.count) }
    guard let at = trimmed.utf8.lastIndex(of: UInt8(ascii: "@")) else { throw .noAtSign }
    let local = trimmed.utf8[..<at]
    guard local.count <= Self.maximumLocalPartBytes, Self.isDotSeparated(local, by: Self.isAtomText)
    else { throw .invalidLocalPart }
    let domain = trimmed.utf8[trimmed.utf8.index(after: at)...]
    guard Self.isDomain(domain) else { throw .invalidDomain }
    self.text = trimmed
    canonicalText = trimmed.lowercased()
  }

  /// The part before the at sign, as addresses are compared.
  public var canonicalLocalPart: Substring { canonicalText.prefix { $0 != "@" } }

  /// The address as its owner wrote it.
  public var description: String { text }

  private static func isDomain(_ bytes: Substring.UTF8View) -> Bool {
    let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.count >= 2
      && labels.allSatisfy { label in
        (1...maximumLabelBytes).contains(label.count) && label.first != UInt8(ascii: "-")
          && label.last != UInt8(ascii: "-")
          && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
      }
  }

  private static func isDotSeparated(
    _ bytes: Substring.UTF8View, by isAllowed: (UInt8) -> Bool
  ) -> Bool {
    bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAllowed) }
  }

  /// `atext` of RFC 5322 section 3.2.3.
  private static func isAtomText(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

extension EmailAddress: Hashable {
  /// Whether two texts are the same address.
  public static func == (left: EmailAddress, right: EmailAddress) -> Bool {
    left.canonicalText == right.canonicalText
  }

  /// Feeds what makes the address.
  public func hash(into hasher: inout Hasher) { hasher.combine(canonicalText) }
}

/// Why a text is not an address that can be registered.
public enum EmailAddressError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No text.
  case missing
  /// More bytes than allowed; carries how many.
  case tooLong(Int)
  /// Nothing to part the name from the domain.
  case noAtSign
  /// The part before the at sign breaks the rules of a dot-atom.
  case invalidLocalPart
  /// The part after the at sign is not a name of at least two labels.
  case invalidDomain

  /// The rule that is broken.
  public var description: String {
    switch self {
    case .missing: "an address is required"
    case .tooLong(let count):
      "\(count) bytes exceed the \(EmailAddress.maximumBytes) of an address"
    case .noAtSign: "an address contains '@'"
    case .invalidLocalPart:
      """
      the part before '@' has 1 to \(EmailAddress.maximumLocalPartBytes) letters, digits and signs, \
      and no dot at its ends or beside another
      """
    case .invalidDomain: "the part after '@' is a domain name such as example.com"
    }
  }
}

extension String {
  /// The text without white space at its ends.
  func trimmingSpace() -> String {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
