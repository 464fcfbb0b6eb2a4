internal import Core
internal import Logging

extension LogRecord {
  /// One readable line: time of day, level, logger, message, fields.
  ///
  /// Control characters are shown as escapes, so an event is one line and cannot move the cursor.
  func text(colours: Bool) -> [UInt8] {
    func paint(_ text: String, _ colour: String) -> String {
      colours ? "\u{1b}[\(colour)m\(text)\u{1b}[0m" : text
    }
    let clock = time.description.dropFirst("2025-11-23T".count).prefix("09:30:00.000".count)
    let second = clock.hasSuffix("Z") ? clock.dropLast() + ".000" : clock
    var line = paint(String(second), "2")
    line += " " + paint(level.tag, level.colour)
    line += " " + paint(label, "36")
    line += " " + Self.printable(message)
    if let error { line += " " + paint("error=", "2") + paint(Self.quoted(error), "31") }
    for (name, value) in fields {
      line += " " + paint("\(Self.printable(name))=", "2") + Self.quoted("\(value)")
    }
    return Array((line + "\n").utf8)
  }

  /// A value, in quotes if it has blanks.
  private static func quoted(_ text: String) -> String {
    let text = printable(text)
    guard text.isEmpty || text.contains(" ") else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\\\"") + "\""
  }

  private static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        result += scalar.escaped(asASCII: true)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
  }
}

extension Logger.Level {
  fileprivate var tag: String {
    switch self {
    case .trace: "TRACE"
    case .debug: "DEBUG"
    case .info: "INFO "
    case .notice: "NOTE "
    case .warning: "WARN "
    case .error: "ERROR"
    case .critical: "CRIT "
    }
  }

  /// The parameter of SGR (ECMA-48 section 8.3.117).
  fileprivate var colour: String {
    switch self {
    case .trace, .debug: "2"
    case .info: "32"
    case .notice: "34"
    case .warning: "33"
    case .error, .critical: "1;31"
    }
  }
}
