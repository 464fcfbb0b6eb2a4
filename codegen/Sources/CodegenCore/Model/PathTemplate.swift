/// A path of `google.api.http`: `/v1/{name=shelves/*}/books/{book_id}:read`.
///
/// The grammar is that of google/api/http.proto; the generator only needs to know that a template
/// follows it, which variables it has and which other templates match the same paths.
struct PathTemplate {
  /// The template as stated.
  let text: String
  /// The field paths of the variables, in order.
  private(set) var variables: [String] = []
  /// The template without names: templates of one shape match the same paths.
  private(set) var shape = ""
  /// For each `*` and `**` of the shape the variable it belongs to; nil for one outside variables.
  private(set) var wildcards: [String?] = []

  /// Parses a template; nil when the text does not follow the grammar.
  init?(_ text: String) {
    self.text = text
    var rest = text[...]
    guard rest.popFirst() == "/", parseSegments(&rest, of: nil) else { return nil }
    if rest.first == ":" {
      guard PathTemplate.isLiteral(rest.dropFirst()) else { return nil }
      shape += rest
      rest = ""
    }
    // "**" swallows everything, so nothing but the verb may follow it.
    let segments = shape.split(separator: ":")[0].split(separator: "/")
    guard rest.isEmpty, !segments.dropLast().contains("**") else { return nil }
  }

  private mutating func parseSegments(_ rest: inout Substring, of variable: String?) -> Bool {
    while true {
      shape += "/"
      if rest.first == "{" {
        guard variable == nil, parseVariable(&rest) else { return false }
      } else {
        let segment = rest.prefix { $0 != "/" && $0 != ":" && $0 != "}" && $0 != "{" }
        guard segment == "*" || segment == "**" || PathTemplate.isLiteral(segment) else {
          return false
        }
        shape += segment
        if segment.first == "*" { wildcards.append(variable) }
        rest = rest.dropFirst(segment.count)
      }
      guard rest.first == "/" else { return true }
      rest.removeFirst()
    }
  }

  private mutating func parseVariable(_ rest: inout Substring) -> Bool {
    rest.removeFirst()
    let path = rest.prefix { $0 != "=" && $0 != "}" }
    guard path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isIdentifier)
    else { return false }
    variables.append(String(path))
    rest = rest.dropFirst(path.count)
    // The slash before the variable is part of the shape already.
    shape.removeLast()
    if rest.first == "=" {
      rest.removeFirst()
      guard parseSegments(&rest, of: String(path)) else { return false }
    } else {
      shape += "/*"
      wildcards.append(String(path))
    }
    return rest.popFirst() == "}"
  }

  private func isIdentifier(_ text: Substring) -> Bool {
    guard let first = text.first, first == "_" || first.isLetter else { return false }
    return text.allSatisfy { $0.isASCII && ($0 == "_" || $0.isLetter || $0.isNumber) }
  }

  private static func isLiteral(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.~".contains($0)) }
  }
}
