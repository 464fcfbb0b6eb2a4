/// What a pattern consists of.
indirect enum PatternNode {
  /// One scalar of a set.
  case scalar(ScalarSet)
  /// One after the other.
  case sequence([PatternNode])
  /// One of them.
  case choice([PatternNode])
  /// From `least` to `most` times; without a most, any number more.
  case repeated(PatternNode, least: Int, most: Int?)
}

/// Reads a pattern's text.
struct PatternParser {
  private let text: [Unicode.Scalar]
  private var position = 0
  private var depth = 0

  /// How deep groups may lie in each other.
  static let depthLimit = 32
  /// The largest number in `{…}`.
  static let repetitionLimit = 1_000

  private init(_ text: String) { self.text = Array(text.unicodeScalars) }

  static func parse(_ text: String) throws(PatternError) -> PatternNode {
    var parser = PatternParser(text)
    guard !parser.text.isEmpty else { throw parser.error("a pattern is not empty") }
    let node = try parser.choice()
    guard parser.position == parser.text.count else {
      throw parser.error("\")\" closes no group; write \"\\)\" for the character")
    }
    return node
  }

  private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

  private func error(_ rule: String) -> PatternError { PatternError(rule: rule, offset: position) }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  private mutating func choice() throws(PatternError) -> PatternNode {
    var choices = [try sequence()]
    while take("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(PatternError) -> PatternNode {
    var pieces: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" { pieces.append(try piece()) }
    return pieces.count == 1 ? pieces[0] : .sequence(pieces)
  }

  private mutating func piece() throws(PatternError) -> PatternNode {
    let atom = try self.atom()
    guard let (least, most) = try quantifier() else { return atom }
    if let scalar = next, "*+?{".unicodeScalars.contains(scalar) {
      throw error("\"\(scalar)\" follows a repetition; what is repeated twice stands in a group")
    }
    return .repeated(atom, least: least, most: most)
  }

  private mutating func quantifier() throws(PatternError) -> (least: Int, most: Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard take("{") else { return nil }
    let least = try number()
    var most: Int? = least
    if take(",") { most = next == "}" ? nil : try number() }
    guard take("}") else { throw error("a repetition is {n}, {n,} or {n,m}") }
    if let most, most < least { throw error("{\(least),\(most)} ends before it begins") }
    return (least, most)
  }

  private mutating func number() throws(PatternError) -> Int {
    var digits = 0
    var value = 0
    while let scalar = next, ("0"..."9").contains(scalar), digits < 5 {
      value = value * 10 + Int(scalar.value - 0x30)
      digits += 1
      position += 1
    }
    guard digits > 0 else { throw error("a repetition is {n}, {n,} or {n,m}") }
    guard value <= Self.repetitionLimit else {
      throw error("a repetition is at most \(Self.repetitionLimit)")
    }
    return value
  }

  private mutating func atom() throws(PatternError) -> PatternNode {
    guard let scalar = next else { throw error("something is expected") }
    switch scalar {
    case "(": return try group()
    case "[": return .scalar(try scalarClass())
    case ".":
      position += 1
      return .scalar(.anyInLine)
    case "\\": return .scalar(try escape(known: Self.signs))
    case "^", "$":
      throw error(
        "\"\(scalar)\" is not needed: a pattern is for the whole text; write \"\\\(scalar)\" for the character"
      )
    case "*", "+", "?", "{", "}", "]":
      throw error(
        "\"\(scalar)\" repeats or closes nothing; write \"\\\(scalar)\" for the character")
    default:
      position += 1
      return .scalar(ScalarSet(scalar.value))
    }
  }

  private mutating func group() throws(PatternError) -> PatternNode {
    guard depth < Self.depthLimit else {
      throw error("groups lie at most \(Self.depthLimit) deep in each other")
    }
    position += 1
    if take("?"), !take(":") {
      throw error("of groups that begin with \"(?\" there is only \"(?:\": no looking around")
    }
    depth += 1
    let node = try choice()
    depth -= 1
    guard take(")") else { throw error("a group ends with \")\"") }
    return node
  }

  private mutating func scalarClass() throws(PatternError) -> ScalarSet {
    position += 1
    let isNegated = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    while let scalar = next, scalar != "]" {
      let first = try member()
      // A dash before the end is itself.
      guard next == "-", position + 1 < text.count, text[position + 1] != "]" else {
        ranges += first.ranges
        continue
      }
      position += 1
      let last = try member()
      guard let low = first.only, let high = last.only, low <= high else {
        throw error("a range goes from one character to a later one")
      }
      ranges.append(low...high)
    }
    guard take("]") else { throw error("a class ends with \"]\"") }
    guard !ranges.isEmpty else { throw error("a class has a member") }
    let set = ScalarSet(ranges)
    return isNegated ? set.complement : set
  }

  private mutating func member() throws(PatternError) -> ScalarSet {
    guard let scalar = next else { throw error("a class ends with \"]\"") }
    switch scalar {
    case "\\": return try escape(known: Self.signs + "-")
    case "[": throw error("\"[\" in a class is written \"\\[\"")
    default:
      position += 1
      return ScalarSet(scalar.value)
    }
  }

  /// The characters that are themselves behind a backslash.
  private static let signs = "\\^$.[](){}*+?|/"

  private mutating func escape(known: String) throws(PatternError) -> ScalarSet {
    position += 1
    guard let scalar = next else { throw error("a backslash is followed by a character") }
    position += 1
    switch scalar {
    case "d": return ScalarSet([0x30...0x39])
    case "w": return ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    case "n": return ScalarSet(0x0A)
    case "r": return ScalarSet(0x0D)
    case "t": return ScalarSet(0x09)
    case "x": return try hexadecimal(count: 2...2)
    case "u":
      guard take("{") else { throw error("a scalar is written \\u{…}") }
      let set = try hexadecimal(count: 1...6)
      guard take("}") else { throw error("a scalar is written \\u{…}, with 1 to 6 digits") }
      return set
    default:
      guard known.unicodeScalars.contains(scalar) else {
        throw error(
          "there is no \"\\\(scalar)\": known are \\d \\w \\n \\r \\t \\xHH \\u{H…} and \(known)")
      }
      return ScalarSet(scalar.value)
    }
  }

  private mutating func hexadecimal(count: ClosedRange<Int>) throws(PatternError) -> ScalarSet {
    var value: UInt32 = 0
    var digits = 0
    while digits < count.upperBound, let digit = next.flatMap({ Character($0).hexDigitValue }),
      next?.isASCII == true
    {
      value = value << 4 | UInt32(digit)
      digits += 1
      position += 1
    }
    guard digits >= count.lowerBound, Unicode.Scalar(value) != nil else {
      throw error("the hexadecimal digits name a Unicode scalar")
    }
    return ScalarSet(value)
  }
}

extension ScalarSet {
  /// The only member, if there is one alone.
  fileprivate var only: UInt32? {
    ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil
  }
}
