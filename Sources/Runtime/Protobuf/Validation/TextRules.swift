internal import Patterns

/// The rules of a text.
public struct TextRules: ValueRules {
  private let least: Int
  private let most: Int
  private let pattern: Pattern?
  private let isSensitive: Bool

  /// Names the rules; what is not named holds always.
  ///
  /// - Parameters:
  ///   - minLength: The fewest characters, counted as Unicode scalars.
  ///   - maxLength: The most characters.
  ///   - pattern: The form of the whole text, in the dialect of `Pattern`; the generator has checked it.
  ///   - isSensitive: Whether the value is a secret, which no description repeats.
  public init(
    minLength: Int = 0, maxLength: Int = .max, pattern: StaticString? = nil,
    isSensitive: Bool = false
  ) {
    self.least = minLength
    self.most = maxLength
    self.isSensitive = isSensitive
    do throws(PatternError) {
      self.pattern = try pattern.map { (text) throws(PatternError) in try Pattern("\(text)") }
    } catch {
      preconditionFailure("the generator lets no such pattern through: \(error)")
    }
  }

  /// The empty text.
  public func isUnset(_ value: String) -> Bool { value.isEmpty }

  /// Checks the length, then the form.
  public func broken(by value: String) -> BrokenRule? {
    let bytes = value.utf8.count
    // A scalar has 1 to 4 bytes: most lengths need not be counted.
    if bytes > most || bytes < 4 * least {
      let length = value.unicodeScalars.count
      if length < least || length > most {
        return LengthRule(least, most, "character", "characters").broken(by: length)
      }
    }
    guard let pattern, !pattern.matches(value) else { return nil }
    let got = isSensitive ? "" : ", got \(BrokenRule.quoted(value))"
    return BrokenRule(.malformed, "must match \(pattern.text)\(got)")
  }
}

/// The rules of bytes.
public struct BytesRules: ValueRules {
  private let least: Int
  private let most: Int

  /// Names the rules; what is not named holds always.
  ///
  /// - Parameters:
  ///   - minLength: The fewest bytes.
  ///   - maxLength: The most bytes.
  public init(minLength: Int = 0, maxLength: Int = .max) {
    self.least = minLength
    self.most = maxLength
  }

  /// No bytes.
  public func isUnset(_ value: [UInt8]) -> Bool { value.isEmpty }

  /// Checks the length.
  public func broken(by value: [UInt8]) -> BrokenRule? {
    guard value.count < least || value.count > most else { return nil }
    return LengthRule(least, most, "byte", "bytes").broken(by: value.count)
  }
}

/// How long a value may be, in words.
struct LengthRule {
  let least: Int
  let most: Int
  let one: String
  let many: String

  init(_ least: Int, _ most: Int, _ one: String, _ many: String) {
    self.least = least
    self.most = most
    self.one = one
    self.many = many
  }

  func broken(by length: Int) -> BrokenRule {
    BrokenRule(length < least ? .tooShort : .tooLong, "must have \(words), got \(length)")
  }

  var words: String {
    switch (least, most) {
    case (least, least): counted("\(least)", least)
    case (_, .max): counted("at least \(least)", least)
    case (0, _): counted("at most \(most)", most)
    default: counted("\(least) to \(most)", most)
    }
  }

  private func counted(_ text: String, _ count: Int) -> String {
    "\(text) \(count == 1 ? one : many)"
  }
}
