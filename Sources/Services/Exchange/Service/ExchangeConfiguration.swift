import Configuration
import ProcessKit

/// The settings of this service's own; each is `exchange.<key>`, in the environment `EXCHANGE_<KEY>`.
struct ExchangeConfiguration: Sendable {
  /// How often a stream looks for reports that another replica wrote: `report_poll`.
  var reportPoll: Duration
  /// How often what works is read from storage: `reload`.
  var reload: Duration

  /// Reads the settings.
  ///
  /// - Throws: every problem there is.
  init(_ reader: ConfigReader, service: String) throws(ConfigurationError) {
    var settings = Settings(reader, service: service)
    reportPoll = settings.seconds("report_poll", in: 0.005...10, default: .milliseconds(100))
    reload = settings.seconds("reload", in: 0.05...600, default: .seconds(2))
    try settings.finish()
  }
}
