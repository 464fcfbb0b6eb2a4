extension DocComment {
  /// The comment as flowing text, for a document that sets its own lines; nil without a comment.
  ///
  /// The lines of a paragraph are joined; items of a list stay lines of their own.
  var prose: String? {
    let paragraphs = lines.split(separator: "", omittingEmptySubsequences: true).map { lines in
      lines.reduce(into: "") { text, line in
        let line = line.drop(while: \.isWhitespace)
        let isItem = line.hasPrefix("- ") || line.hasPrefix("* ")
        text += text.isEmpty ? line : (isItem ? "\n" : " ") + line
      }
    }
    return paragraphs.isEmpty ? nil : paragraphs.joined(separator: "\n\n")
  }

  /// The first sentence.
  var firstSentence: String? { prose.map { String($0[..<DocComment.endOfSentence($0)]) } }

  /// The first sentence without its full stop, as a title.
  var summary: String? {
    firstSentence.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
  }

  /// What follows the first sentence; nil when nothing does.
  var discussion: String? {
    guard let prose else { return nil }
    let rest = prose[DocComment.endOfSentence(prose)...].drop(while: \.isWhitespace)
    return rest.isEmpty ? nil : String(rest)
  }

  /// Behind the first full stop that a capital letter or a new paragraph follows.
  private static func endOfSentence(_ text: String) -> String.Index {
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      let rest = text[next...]
      let word = rest.drop { $0 == " " }
      if text[index].isNewline { return index }
      if ".!?".contains(text[index]), rest.first == " ", word.first?.isLowercase != true {
        return next
      }
      index = next
    }
    return index
  }
}
