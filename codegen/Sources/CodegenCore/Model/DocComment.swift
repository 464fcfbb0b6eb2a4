import ProtobufC

/// The comment of an element, as its author broke it into lines.
struct DocComment: Hashable {
  var lines: [String] = []
  /// Whether the element is marked `deprecated`.
  var isDeprecated = false

  init() {}

  /// The comment above an element, or else the one behind it.
  init(_ location: SourceLocation, isDeprecated: Bool = false) {
    let text =
      location.leadingComment.isEmpty ? location.trailingComment : location.leadingComment
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      // Protoc keeps the space between the slashes and the text.
      let line = line.hasPrefix(" ") ? line.dropFirst() : line
      return String(line.reversed().drop { $0.isWhitespace }.reversed())
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    self.isDeprecated = isDeprecated
  }

  /// The whole comment as its author broke it into lines.
  var text: String { lines.joined(separator: "\n") }

  /// The lines for a width: a paragraph with a line that is too long is set anew, others stay.
  func wrapped(to width: Int) -> [String] {
    var wrapped: [String] = []
    var lines = lines
    if isDeprecated { lines += (lines.isEmpty ? [] : [""]) + ["- Note: Deprecated."] }
    for paragraph in lines.split(separator: "", omittingEmptySubsequences: false) {
      if !wrapped.isEmpty { wrapped.append("") }
      if paragraph.allSatisfy({ $0.count <= width }) {
        wrapped += paragraph
      } else {
        wrapped += DocComment.fill(paragraph, width)
      }
    }
    return wrapped
  }

  private static func fill(_ lines: ArraySlice<String>, _ width: Int) -> [String] {
    var filled: [String] = []
    for word in lines.joined(separator: " ").split(separator: " ") {
      if let last = filled.last, last.count + 1 + word.count <= width {
        filled[filled.count - 1] += " \(word)"
      } else {
        filled.append(String(word))
      }
    }
    return filled
  }
}
