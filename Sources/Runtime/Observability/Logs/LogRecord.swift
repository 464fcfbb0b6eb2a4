internal import Core
internal import Logging

/// A log event with everything that goes on its line.
struct LogRecord {
  var time: Instant
  var level: Logger.Level
  var label: String
  var message: String
  var error: String?
  /// In the order they are written; names are unique, values are free of secrets.
  var fields: [(name: String, value: Logger.MetadataValue)]

  /// Merges the sources of fields: a later one wins.
  init(
    time: Instant, label: String, event: LogEvent, handler: Logger.Metadata,
    provided: Logger.Metadata
  ) {
    self.time = time
    self.level = event.level
    self.label = label
    self.message = Redaction.scrub(event.message.description)
    self.error = event.error.map { Redaction.scrub("\($0)") }
    let all = handler.merging(provided) { $1 }.merging(event.metadata ?? [:]) { $1 }
    fields = all.sorted { $0.key < $1.key }.map { ($0.key, Self.clean($0.key, $0.value)) }
  }

  private static func clean(_ name: String, _ value: Logger.MetadataValue) -> Logger.MetadataValue {
    if Redaction.hides(name) { return .string(Redaction.mark) }
    return switch value {
    case .string(let text): .string(Redaction.scrub(text))
    case .stringConvertible(let value): .string(Redaction.scrub(value.description))
    case .array(let values): .array(values.map { clean("", $0) })
    case .dictionary(let values):
      .dictionary(
        Dictionary(uniqueKeysWithValues: values.map { ($0.key, clean($0.key, $0.value)) }))
    }
  }
}
