/// A recursive-descent parser of the grammar in ``PathTemplate``.
struct PathTemplateParser {
  private(set) var segments: [PathTemplate.Segment] = []
  private(set) var variables: [PathTemplate.Variable] = []
  private(set) var verb: String?

  private let text: String
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    self.text = text
    self.bytes = Array(text.utf8)
  }

  mutating func parse() throws(PathTemplateError) {
    guard next == UInt8(ascii: "/") else { throw error(.startsWithSlash) }
    position += 1
    try parseSegments(insideVariable: false)
    if next == UInt8(ascii: ":") {
      position += 1
      let start = position
      let literal = try parseLiteral()
      guard !literal.isEmpty else { throw error(.verbNotEmpty, at: start) }
      verb = literal
    }
    guard next == nil else { throw error(.segmentEnds) }
  }

  private mutating func parseSegments(insideVariable: Bool) throws(PathTemplateError) {
    while true {
      if segments.last == .rest { throw error(.restIsLast) }
      try parseSegment(insideVariable: insideVariable)
      guard next == UInt8(ascii: "/") else { return }
      position += 1
    }
  }

  private mutating func parseSegment(insideVariable: Bool) throws(PathTemplateError) {
    switch next {
    case UInt8(ascii: "*"):
      position += 1
      if next == UInt8(ascii: "*") {
        position += 1
        segments.append(.rest)
      } else {
        segments.append(.any)
      }
    case UInt8(ascii: "{"):
      if insideVariable { throw error(.noNestedVariable) }
      try parseVariable()
    default:
      let start = position
      let literal = try parseLiteral()
      guard !literal.isEmpty else { throw error(.segmentNotEmpty, at: start) }
      guard literal != ".", literal != ".." else { throw error(.noDotSegments, at: start) }
      segments.append(.literal(literal))
    }
    switch next {
    case nil, UInt8(ascii: "/"), UInt8(ascii: ":"): return
    case UInt8(ascii: "}") where insideVariable: return
    default: throw error(.segmentEnds)
    }
  }

  private mutating func parseVariable() throws(PathTemplateError) {
    position += 1
    let nameStart = position
    let fieldPath = try parseFieldPath()
    guard !variables.contains(where: { $0.fieldPath == fieldPath }) else {
      throw error(.variableOnce, at: nameStart)
    }
    let first = segments.count
    if next == UInt8(ascii: "=") {
      position += 1
      try parseSegments(insideVariable: true)
    } else {
      segments.append(.any)
    }
    guard next == UInt8(ascii: "}") else { throw error(.braceClosed) }
    position += 1
    let range = first..<segments.count
    variables.append(
      PathTemplate.Variable(
        fieldPath: fieldPath, segments: range,
        spansSegments: range.count > 1 || segments.last == .rest))
  }

  private mutating func parseFieldPath() throws(PathTemplateError) -> String {
    let start = position
    var atStart = true
    while let byte = next {
      if isLetter(byte) || (!atStart && isDigit(byte)) {
        atStart = false
      } else if byte == UInt8(ascii: "."), !atStart {
        atStart = true
      } else {
        break
      }
      position += 1
    }
    guard !atStart else { throw error(.fieldPath) }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func parseLiteral() throws(PathTemplateError) -> String {
    let start = position
    while let byte = next, !Self.delimiters.contains(byte) {
      guard PathCharacters.isAllowed(byte) || byte == UInt8(ascii: "%") else {
        throw error(.literalCharacters)
      }
      position += 1
    }
    do {
      return try PercentDecoding.path(bytes[start..<position])
    } catch {
      throw self.error(.literalCharacters, at: start)
    }
  }

  private static let delimiters = Set("/:*{}=".utf8)

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private func error(_ rule: PathTemplateError.Rule, at offset: Int? = nil) -> PathTemplateError {
    PathTemplateError(template: text, offset: offset ?? position, rule: rule)
  }
}
