public import Configuration
public import Logging
public import Observability

/// How a process logs; shared by the services in it.
public struct LogConfiguration: Sendable {
  /// Events below are not written: `log.level`.
  public var level: Logger.Level
  /// What lines look like: `log.format`.
  public var format: LogFormat

  /// Reads how the process logs.
  ///
  /// - Throws: ``ConfigurationError`` with every problem there is.
  public init(_ reader: ConfigReader) throws(ConfigurationError) {
    var settings = Settings(reader, service: "")
    level = settings.choice("log.level", default: .info) ?? .info
    format = settings.choice("log.format", default: .automatic) ?? .automatic
    try settings.finish()
  }
}
