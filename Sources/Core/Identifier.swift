/// A name for one thing of one kind: an `OrderID` is never taken for an `AccountID`.
public protocol Identifier: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The text as stored and sent.
  var rawValue: String { get }

  /// Takes a text known to be valid, such as one read back from storage.
  init(rawValue: String)
}

extension Identifier {
  /// The longest text accepted from outside, in UTF-8 bytes.
  public static var maxUTF8Count: Int { IdentifierError.maxUTF8Count }

  /// Takes a text from outside: 1 to 128 visible ASCII characters, no blanks.
  public init(validating text: String) throws(IdentifierError) {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.count <= Self.maxUTF8Count else { throw .tooLong(text.utf8.count) }
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .invalidCharacter }
    self.init(rawValue: text)
  }

  /// Takes a UUID from outside; nil unless it is written as services write them: 36 characters, lower case.
  public init?(canonical text: String) {
    guard text.utf8.count == 36 else { return nil }
    let isCanonical = text.utf8.enumerated().allSatisfy { index, byte in
      switch index {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      default:
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
    }
    guard isCanonical else { return nil }
    self.init(rawValue: text)
  }

  /// Takes a freshly made UUID.
  public init(_ uuid: UUIDv7) { self.init(rawValue: uuid.description) }

  /// The text itself.
  public var description: String { rawValue }

  /// Orders by bytes; UUIDs of version 7 thereby by time.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Why a text is not an identifier.
public enum IdentifierError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No characters.
  case empty
  /// More UTF-8 bytes than `maxUTF8Count`; carries how many.
  case tooLong(Int)
  /// A blank, a control character or one outside ASCII.
  case invalidCharacter

  /// The longest identifier, in UTF-8 bytes.
  public static let maxUTF8Count = 128

  /// The broken rule and, where short, the value that broke it.
  public var description: String {
    switch self {
    case .empty: "an identifier is not empty"
    case .tooLong(let count): "\(count) bytes exceed the \(Self.maxUTF8Count) of an identifier"
    case .invalidCharacter: "an identifier has only visible ASCII characters"
    }
  }
}
