internal import Core
public import Logging

/// Writes each log event as one line, as JSON for machines or readable for people.
///
/// Values of fields that name a secret, and tokens wherever they appear, are replaced by
/// `(hidden)`.
public struct LineLogHandler: LogHandler {
  /// Events below are not written.
  public var logLevel: Logger.Level
  /// Fields of every line.
  public var metadata: Logger.Metadata = [:]
  /// Asked for more fields at each line.
  public var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let output: LogOutput
  private let isText: Bool
  private let hasColours: Bool
  private let cloudProject: String?

  /// A handler for one logger.
  ///
  /// - Parameters:
  ///   - label: the logger's name.
  ///   - level: events below are not written.
  ///   - colours: nil for colours on a terminal only.
  ///   - cloudProject: the project of Google Cloud whose traces JSON lines name; nil names none.
  public init(
    label: String, level: Logger.Level = .info, format: LogFormat = .automatic,
    output: LogOutput = .standardError, colours: Bool? = nil, cloudProject: String? = nil,
    metadataProvider: Logger.MetadataProvider? = nil
  ) {
    self.label = label
    self.logLevel = level
    self.output = output
    self.metadataProvider = metadataProvider
    self.cloudProject = cloudProject
    hasColours = colours ?? output.isTerminal
    isText =
      switch format {
      case .json: false
      case .text: true
      case .automatic: output.isTerminal
      }
  }

  /// Writes the event's line.
  public func log(event: LogEvent) {
    let record = LogRecord(
      time: SystemClock().now, label: label, event: event, handler: metadata,
      provided: metadataProvider?.get() ?? [:])
    output.write(
      isText ? record.text(colours: hasColours) : record.json(cloudProject: cloudProject))
  }

  /// A field of every line.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
}
