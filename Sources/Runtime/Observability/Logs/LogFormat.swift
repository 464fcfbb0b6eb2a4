/// How log lines look.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
  /// One JSON object a line, with the field names Google Cloud Logging reads.
  case json
  /// One readable line an event, coloured on a terminal.
  case text
  /// `text` where a person reads, on a terminal; `json` elsewhere.
  case automatic
}
