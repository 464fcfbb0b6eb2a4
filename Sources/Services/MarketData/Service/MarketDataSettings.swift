import Configuration
import MarketDataDomain
import ProcessKit

/// What the service is told from outside, checked.
struct MarketDataSettings: Sendable {
  /// The file of daily bars, plain or compressed by gzip: `marketdata.bars`.
  var barsPath: String
  /// How many seconds of market time pass in a second: `marketdata.speed`.
  var speed: Int
  /// Which of all possible markets is replayed: `marketdata.seed`.
  var seed: Int
  /// The first day replayed: `marketdata.first_day`; nil stands for the first one on which every
  /// symbol has a bar.
  var firstDay: TradingDay?
  /// How finely a day is divided: `marketdata.session_steps`.
  var session: TradingSession
  /// How many steps' ticks are kept: `marketdata.kept_steps`.
  var keptSteps: Int
  /// For how many days of market time candles of one minute are kept:
  /// `marketdata.kept_minute_days`.
  var keptMinuteDays: Int
  /// How long a replica that is silent keeps the right to replay: `marketdata.lease`.
  var leaseLength: Duration

  /// Steps of a session: one a second at most.
  private static let sessionSteps = 4...23_400

  /// Reads the settings.
  ///
  /// - Throws: `ConfigurationError` with every problem there is.
  init(_ reader: ConfigReader, service: String) throws(ConfigurationError) {
    var settings = Settings(reader, service: service)
    barsPath = settings.file("bars")
    speed = settings.integer("speed", in: ReplayClock.speeds, default: 60)
    seed = settings.integer("seed", in: 0...Int.max, default: 1)
    firstDay =
      settings.has("first_day")
      ? settings.value("first_day", rule: "must be a day, YYYY-MM-DD") { TradingDay($0) } : nil
    var steps = settings.integer(
      "session_steps", in: Self.sessionSteps, default: TradingSession.standard.stepCount)
    let seconds = Int(TradingSession.length.components.seconds)
    if seconds * 1_000_000 % steps != 0 {
      settings.note(
        "\(service).session_steps", "must divide \(seconds) seconds into whole microseconds",
        "\(steps)")
      steps = TradingSession.standard.stepCount
    }
    session = TradingSession(stepCount: steps)
    keptSteps = settings.integer("kept_steps", in: 1_000...100_000_000, default: 250_000)
    keptMinuteDays = settings.integer("kept_minute_days", in: 1...10_000, default: 90)
    leaseLength = settings.seconds("lease", in: 1...60, default: .seconds(5))
    try settings.finish()
  }
}
