/// A rule for the form of a text: a regular expression in the strict sense, which takes one step a
/// character whatever the text is.
///
/// The dialect is a part of what ECMAScript (with the flag `u`) and RE2 know, so JSON Schema can state the
/// same pattern between `^(?:` and `)$`: the **whole** text matches.
///
/// | | |
/// |---|---|
/// | `a`, `\.` | a character; one of `\ ^ $ . [ ] ( ) { } * + ? \|` behind a backslash |
/// | `\d` `\w` `\n` `\r` `\t` `\x41` `\u{1F600}` | a digit, a letter, digit or `_` of ASCII, characters by name or number |
/// | `.` | a character that does not end a line |
/// | `[a-z_]`, `[^"]` | one of a class, none of a class |
/// | `ab`, `a\|b`, `(…)`, `(?:…)` | one after the other, one of them, a group |
/// | `*` `+` `?` `{3}` `{3,}` `{3,5}` | repetitions |
///
/// A character is a Unicode scalar. There is nothing that would need a second look at the text: no
/// references back, no looking around, no anchors.
public struct Pattern: Sendable {
  /// The most steps of a pattern whose repetitions are written out.
  public static let stepLimit = 2_000
  /// The most states of the machine.
  public static let stateLimit = 1_024
  /// The most classes of characters that a pattern tells apart.
  public static let classLimit = 64

  /// The pattern as it was stated.
  public let text: String
  private let automaton: Automaton

  /// Builds the machine of a pattern.
  ///
  /// - Throws: The first mistake, or the limit that the pattern exceeds.
  public init(_ text: String) throws(PatternError) {
    self.text = text
    automaton = try Automaton(PatternSteps(PatternParser.parse(text)))
  }

  /// Whether the whole text has the form.
  public func matches(_ text: some StringProtocol) -> Bool { automaton.matches(text) }

  /// A shortest text that another pattern matches and this one does not; nil if there is none.
  ///
  /// For tools: it takes time for every pair of states.
  ///
  /// - Parameter isEmptyLeftOut: Whether the empty text does not count.
  public func textMissed(of other: Pattern, isEmptyLeftOut: Bool = false) -> String? {
    automaton.textMissed(of: other.automaton, isEmptyLeftOut: isEmptyLeftOut)
  }
}

extension Pattern: Hashable {
  /// Patterns are equal when they are stated alike.
  public static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }

  /// Feeds the text.
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
