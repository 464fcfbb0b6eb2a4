/// Writes paragraphs and two-column tables of a width.
struct PageWriter {
  /// The widest first column; a longer entry has its second on the next line.
  static let widestColumn = 44

  private(set) var lines: [String] = []
  private let width: Int

  init(width: Int) { self.width = width }

  var text: String { lines.joined(separator: "\n") }

  mutating func line(_ line: String = "") { lines.append(line) }

  /// Writes a text; its paragraphs stay apart.
  mutating func paragraphs(_ text: String, indent: Int = 0) {
    let margin = String(repeating: " ", count: indent)
    for line in Self.fill(text, width - indent) { lines.append(line.isEmpty ? "" : margin + line) }
  }

  /// Writes rows whose second columns stand below each other.
  mutating func table(_ rows: [(String, String)], indent: Int = 2) {
    let names = rows.map(\.0.count).filter { $0 <= Self.widestColumn }
    let column = (names.max() ?? 0) + 2
    let margin = String(repeating: " ", count: indent)
    for (name, text) in rows {
      let filled = Self.fill(text, width - indent - column)
      var rest = filled[...]
      if name.count + 2 <= column, let first = rest.popFirst() {
        let padding = String(repeating: " ", count: column - name.count)
        lines.append(trimmed(margin + name + padding + first))
      } else {
        lines.append(margin + name)
      }
      for line in rest {
        lines.append(trimmed(margin + String(repeating: " ", count: column) + line))
      }
    }
  }

  private func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  /// The lines of a text; words longer than the width stand alone.
  private static func fill(_ text: String, _ width: Int) -> [String] {
    var filled: [String] = []
    for paragraph in text.split(separator: "\n\n") {
      if !filled.isEmpty { filled.append("") }
      var line = ""
      for word in paragraph.split(whereSeparator: \.isWhitespace) {
        if !line.isEmpty, line.count + 1 + word.count > width {
          filled.append(line)
          line = ""
        }
        line += line.isEmpty ? String(word) : " \(word)"
      }
      filled.append(line)
    }
    return filled.isEmpty ? [""] : filled
  }
}
