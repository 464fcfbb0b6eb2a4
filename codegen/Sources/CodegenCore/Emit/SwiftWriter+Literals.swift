extension SwiftWriter {
  /// Writes a string literal and what follows it: on one line if there is room, else over several
  /// that read as the text does.
  mutating func literal(_ text: String, closing: String) {
    if !text.contains("\n"), fits(quoted(text) + closing) {
      line(quoted(text) + closing)
      return
    }
    line("\"\"\"")
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let lines = SwiftWriter.pieces(of: paragraph, width: room)
      for (index, piece) in lines.enumerated() {
        // The end of a line within a paragraph is no part of the text.
        line(SwiftWriter.escaped(piece) + (index < lines.count - 1 ? "\\" : ""))
      }
    }
    line("\"\"\"" + closing)
  }

  /// Writes what has no room and no place to break it but in a string literal, if it has one.
  mutating func cut(_ statement: String) {
    guard let start = statement.firstIndex(of: "\""), let end = statement.lastIndex(of: "\""),
      start < end
    else { return line(statement) }
    line(statement[..<start] + "\"\"\"")
    var piece = ""
    var isEscaped = false
    for character in statement[start..<end].dropFirst() {
      // Neither is a line wider than there is room nor an escape torn.
      if piece.count + 3 > room, !isEscaped {
        line(piece + "\\")
        piece = ""
      }
      piece.append(character)
      isEscaped = !isEscaped && character == "\\"
    }
    line(piece)
    line("\"\"\"" + statement[end...].dropFirst())
  }

  /// Pieces that join to the text, each with the space behind its last word.
  private static func pieces(of text: Substring, width: Int) -> [String] {
    var pieces = [""]
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if let last = pieces.last, !last.isEmpty, escaped(last + word).count + 2 > width {
        pieces.append("")
      }
      pieces[pieces.count - 1] += word + " "
    }
    // What was split has a space less than it has words.
    pieces[pieces.count - 1].removeLast()
    return pieces
  }

  /// The text between the quotes of a literal of several lines.
  private static func escaped(_ text: String) -> String {
    String(quoted(text).dropFirst().dropLast()).replacing("\\\"", with: "\"")
      .replacing("\"\"\"", with: "\\\"\"\"")
  }
}
