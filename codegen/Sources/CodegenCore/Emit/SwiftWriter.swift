/// Writes indented Swift: lines, blocks, comments and calls that break where they get too long.
struct SwiftWriter {
  /// The width lines are broken at where Swift allows it.
  static let width = 100

  /// What has been written.
  private(set) var text = ""
  private var depth = 0

  /// Writes a line; an empty one without spaces.
  mutating func line(_ line: String = "") {
    if !line.isEmpty { text += String(repeating: "  ", count: depth) + line }
    text += "\n"
  }

  /// Writes a block: the line that opens it, its indented body and the brace that closes it.
  mutating func block(
    _ opening: String, closing: String = "}", _ body: (inout SwiftWriter) -> Void
  ) {
    line(opening)
    indented(body)
    line(closing)
  }

  /// Writes a switch, whose cases stand as deep as itself.
  mutating func choice(over value: String, _ body: (inout SwiftWriter) -> Void) {
    line("switch \(value) {")
    body(&self)
    line("}")
  }

  /// Writes a case with one statement, on the case's line if there is room.
  mutating func choice(_ label: String, _ statement: String) {
    if fits("\(label) \(statement)") {
      line("\(label) \(statement)")
    } else {
      line(label)
      indented { $0.statement(statement) }
    }
  }

  /// Writes a statement; one that is too long is broken behind its first parenthesis or brace.
  mutating func statement(_ statement: String) {
    let start = SwiftWriter.code(in: statement[...]).first { "({".contains(statement[$0]) }
    guard !fits(statement) else { return line(statement) }
    guard let start else { return cut(statement) }
    let rest = statement[statement.index(after: start)...]
    line(String(statement[...start]))
    if statement[start] == "{", rest.hasSuffix(" }") {
      indented { $0.statement(String(rest.dropFirst().dropLast(2))) }
      line("}")
    } else {
      indented { writer in
        if writer.fits(String(rest)) {
          writer.line(String(rest))
        } else {
          writer.lines(SwiftWriter.arguments(rest), closing: "")
        }
      }
    }
  }

  /// The arguments of a call whose parenthesis is open; the last with what closes it.
  private static func arguments(_ list: Substring) -> [String] {
    var arguments: [String] = []
    var depth = 0
    var start = list.startIndex
    for index in code(in: list) {
      switch list[index] {
      case "(", "[", "<", "{": depth += 1
      case ")", "]", ">", "}": depth -= 1
      case "," where depth == 0:
        arguments.append(String(list[start..<index]))
        start = list.index(after: index)
      default: break
      }
    }
    return (arguments + [String(list[start...])]).map { String($0.drop { $0 == " " }) }
  }

  /// The places of a text that are in no string literal, which a line must not be broken in.
  private static func code(in text: Substring) -> [Substring.Index] {
    var isInLiteral = false
    var isEscaped = false
    return text.indices.filter { index in
      if isInLiteral {
        isInLiteral = isEscaped || text[index] != "\""
        isEscaped = !isEscaped && text[index] == "\\"
        return false
      }
      isInLiteral = text[index] == "\""
      return !isInLiteral
    }
  }

  /// Writes a line one level less deep, between two parts of a block.
  mutating func outdented(_ line: String) {
    depth -= 1
    self.line(line)
    depth += 1
  }

  /// Writes lines one level deeper.
  mutating func indented(_ body: (inout SwiftWriter) -> Void) {
    depth += 1
    body(&self)
    depth -= 1
  }

  /// Writes a function that is too long for one line with its parameters on a line of their own.
  mutating func function(
    _ name: String, _ parameters: [String], _ effects: String = "",
    _ body: ((inout SwiftWriter) -> Void)? = nil
  ) {
    let list = parameters.joined(separator: ", ")
    let end = (effects.isEmpty ? "" : " \(effects)") + (body == nil ? "" : " {")
    if fits("\(name)(\(list))\(end)") {
      line("\(name)(\(list))\(end)")
    } else {
      line("\(name)(")
      depth += 1
      if fits(list) { line(list) } else { lines(parameters) }
      depth -= 1
      line(")\(end)")
    }
    guard let body else { return }
    depth += 1
    body(&self)
    depth -= 1
    line("}")
  }

  /// Writes a call, its arguments on lines of their own where one line is too short.
  mutating func call(_ opening: String, _ arguments: [String], _ closing: String = ")") {
    let list = arguments.joined(separator: ", ")
    if fits(opening + list + closing) {
      line(opening + list + closing)
      return
    }
    line(opening)
    depth += 1
    if fits(list + closing) {
      line(list + closing)
    } else {
      lines(arguments, closing: closing)
    }
    depth -= 1
  }

  /// Writes a documentation comment; nothing when there is none.
  mutating func comment(_ comment: DocComment) {
    let room = SwiftWriter.width - depth * 2 - "/// ".count
    for line in comment.wrapped(to: room) { self.line(line.isEmpty ? "///" : "/// \(line)") }
  }

  /// Writes the first sentence of a comment above something that is no declaration.
  mutating func remark(_ comment: DocComment) {
    guard let sentence = comment.firstSentence else { return }
    var remark = DocComment()
    remark.lines = [sentence]
    let room = SwiftWriter.width - depth * 2 - "// ".count
    for line in remark.wrapped(to: room) { self.line("// \(line)") }
  }

  /// Writes one item a line, with commas between and `closing` behind the last.
  mutating func lines(_ items: [String], closing: String = "") {
    for (index, item) in items.enumerated() {
      statement(item + (index == items.count - 1 ? closing : ","))
    }
  }

  /// Whether a line has room at the present depth.
  func fits(_ line: String) -> Bool { line.count <= room }

  /// How long a line may be at the present depth.
  var room: Int { SwiftWriter.width - depth * 2 }
}

/// A Swift string literal.
func quoted(_ text: String) -> String {
  var literal = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": literal += "\\\""
    case "\\": literal += "\\\\"
    case "\n": literal += "\\n"
    case "\t": literal += "\\t"
    case "\r": literal += "\\r"
    default: literal.unicodeScalars.append(scalar)
    }
  }
  return literal + "\""
}

/// An integer literal, in groups of three digits from five digits on.
func grouped(_ number: some BinaryInteger) -> String {
  let digits = number.magnitude.description
  guard digits.count > 4 else { return number.description }
  var groups = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { groups += "_" }
    groups.append(digit)
  }
  return (number.signum() < 0 ? "-" : "") + groups
}
