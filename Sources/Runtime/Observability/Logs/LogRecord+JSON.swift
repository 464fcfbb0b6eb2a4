internal import Core
internal import Logging

extension LogRecord {
  /// One JSON object and a newline.
  ///
  /// `time`, `severity` and `message` are the names Google Cloud Logging reads; fields stand beside
  /// them, and one that would take such a name gets a `_` after it. Trace and span are said once more by the names under
  /// which Google Cloud shows a line with its trace, where its project is known.
  ///
  /// Source: Cloud Logging's "Structured logging", special JSON fields.
  func json(cloudProject: String? = nil) -> [UInt8] {
    var line = "{\"time\":\"\(time)\",\"severity\":\"\(level.severity)\",\"logger\":"
    line.appendJSON(label)
    line += ",\"message\":"
    line.appendJSON(message)
    if let error {
      line += ",\"error\":"
      line.appendJSON(error)
    }
    for (name, value) in fields {
      line += ","
      line.appendJSON(Self.reserved.contains(name) ? name + "_" : name)
      line += ":"
      line.appendJSON(value)
    }
    if let cloudProject, case .string(let trace) = value(of: LogContext.traceIDField) {
      line += ",\"logging.googleapis.com/trace\":"
      line.appendJSON("projects/\(cloudProject)/traces/\(trace)")
      if case .string(let span) = value(of: LogContext.spanIDField) {
        line += ",\"logging.googleapis.com/spanId\":"
        line.appendJSON(span)
      }
    }
    line += "}\n"
    return Array(line.utf8)
  }

  private func value(of field: String) -> Logger.MetadataValue? {
    fields.first { $0.name == field }?.value
  }

  private static let reserved: Set<String> = ["time", "severity", "logger", "message", "error"]
}

extension Logger.Level {
  /// The severity's name in Google Cloud Logging.
  fileprivate var severity: String {
    switch self {
    case .trace, .debug: "DEBUG"
    case .info: "INFO"
    case .notice: "NOTICE"
    case .warning: "WARNING"
    case .error: "ERROR"
    case .critical: "CRITICAL"
    }
  }
}

extension String {
  fileprivate mutating func appendJSON(_ value: Logger.MetadataValue) {
    switch value {
    case .string(let text): appendJSON(text)
    case .stringConvertible(let value): appendJSON(value.description)
    case .array(let values):
      self += "["
      for (index, value) in values.enumerated() {
        if index > 0 { self += "," }
        appendJSON(value)
      }
      self += "]"
    case .dictionary(let values):
      self += "{"
      for (index, field) in values.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { self += "," }
        appendJSON(field.key)
        self += ":"
        appendJSON(field.value)
      }
      self += "}"
    }
  }

  /// A JSON string (RFC 8259 section 7).
  fileprivate mutating func appendJSON(_ text: String) {
    self += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": self += "\\\""
      case "\\": self += "\\\\"
      case "\n": self += "\\n"
      case "\r": self += "\\r"
      case "\t": self += "\\t"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        self += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: unicodeScalars.append(scalar)
      }
    }
    self += "\""
  }
}
