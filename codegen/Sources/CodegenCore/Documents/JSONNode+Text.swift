extension JSONNode {
  /// The width within which an array or an object of plain values stands on one line.
  private static let width = 100

  /// The value as a document: indented by two spaces, with a line break at the end.
  var document: String {
    var text = ""
    write(to: &text, depth: 0, room: JSONNode.width)
    return text + "\n"
  }

  /// Writes the value behind what stands on the line already.
  ///
  /// - Parameters:
  ///   - depth: How deep the line is indented.
  ///   - room: How many characters the line has left.
  private func write(to text: inout String, depth: Int, room: Int) {
    if let line, line.count <= room {
      text += line
      return
    }
    let indentation = String(repeating: "  ", count: depth + 1)
    switch self {
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        text += "\(index == 0 ? "" : ",")\n\(indentation)"
        element.write(to: &text, depth: depth + 1, room: JSONNode.width - indentation.count - 1)
      }
      text += "\n" + indentation.dropLast(2) + "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        let name = "\(JSONNode.quoted(member.name)): "
        text += "\(index == 0 ? "" : ",")\n\(indentation)\(name)"
        let room = JSONNode.width - indentation.count - name.count - 1
        member.value.write(to: &text, depth: depth + 1, room: room)
      }
      text += "\n" + indentation.dropLast(2) + "}"
    case .text, .integer, .number, .boolean:
      text += line ?? ""
    }
  }

  /// The value on one line: a plain one, or an array or object of plain ones.
  var line: String? {
    switch self {
    case .text(let text): return JSONNode.quoted(text)
    case .integer(let number): return "\(number)"
    case .number(let digits): return digits
    case .boolean(let truth): return "\(truth)"
    case .array(let elements):
      guard elements.allSatisfy(\.isPlain) else { return nil }
      return "[" + elements.compactMap(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      guard members.allSatisfy(\.value.isPlain) else { return nil }
      let parts = members.map { "\(JSONNode.quoted($0.name)): \($0.value.line ?? "")" }
      return "{" + parts.joined(separator: ", ") + "}"
    }
  }

  private var isPlain: Bool {
    switch self {
    case .text, .integer, .number, .boolean: true
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    }
  }

  /// A JSON string (RFC 8259 section 7).
  private static func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }
}
