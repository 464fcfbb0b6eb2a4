/// The name a user shows to others: 1 to 100 characters on one line.
public struct DisplayName: Hashable, Sendable, CustomStringConvertible {
  /// The most characters.
  public static let maximumCharacters = 100
  /// The most bytes: one character may be composed of any number of marks.
  public static let maximumBytes = 800

  /// The name without the space around it.
  public let text: String

  /// Reads a name from outside.
  public init(_ text: String) throws(DisplayNameError) {
    let trimmed = text.trimmingSpace()
    guard !trimmed.isEmpty else { throw .missing }
    guard trimmed.utf8.count <= Self.maximumBytes, trimmed.count <= Self.maximumCharacters else {
      throw .tooLong
    }
    guard trimmed.unicodeScalars.allSatisfy(Self.isVisible) else { throw .invisibleCharacter }
    self.text = trimmed
  }

  /// The name.
  public var description: String { text }

  /// Neither a line break nor a control, and no override of the writing direction, by which one
  /// name can be made to look like another.
  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
    case .format: scalar == "\u{200D}" || scalar == "\u{200C}"  // joiners of emoji and scripts
    default: true
    }
  }
}

/// Why a text is not a name to show.
public enum DisplayNameError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No visible character.
  case missing
  /// More than allowed.
  case tooLong
  /// A line break, a control character or a mark that turns the writing direction.
  case invisibleCharacter

  /// The rule that is broken.
  public var description: String {
    switch self {
    case .missing: "a name is required"
    case .tooLong:
      """
      a name has at most \(DisplayName.maximumCharacters) characters and \
      \(DisplayName.maximumBytes) bytes
      """
    case .invisibleCharacter: "a name is one line without control characters"
    }
  }
}
