public import Configuration
public import Logging
public import Observability

/// How a process logs; shared by the services in it.
public struct LogConfiguration: Sendable {
  /// Events below are not written: `log.level`.
  public var level: Logger.Level
  /// What lines look like: `log.format`.
  public var format: LogFormat
  /// The project of Google Cloud whose traces JSON lines name: `log.gcp_project`; nil names none.
  public var cloudProject: String?

  /// Reads how the process logs.
  ///
  /// - Throws: ``ConfigurationError`` with every problem there is.
  public init(_ reader: ConfigReader) throws(ConfigurationError) {
    var settings = Settings(reader, service: "")
    level = settings.choice("log.level", default: .info) ?? .info
    format = settings.choice("log.format", default: .automatic) ?? .automatic
    if settings.has("log.gcp_project") {
      cloudProject = settings.value(
        "log.gcp_project", rule: "must be a project's id: 6 to 30 of a-z, 0-9 and -"
      ) { text in
        (6...30).contains(text.utf8.count)
          && text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
              || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
              || byte == UInt8(ascii: "-")
          } ? text : nil
      }
    }
    try settings.finish()
  }
}
