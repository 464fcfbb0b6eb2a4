import Core
import Kafka
import MarketDataContract
import MarketDataDomain
import Postgres
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import MarketDataService

/// A market of three symbols and a few days, run as the service runs it.
///
/// `CCC` is listed two days after the others, so the replay starts on the third day and the first two
/// are history.
final class MarketFixture: Sendable {
  static let symbols = ["AAA", "BBB", "CCC"]
  static let bars = """
    Ticker,Date,Open,High,Low,Close,Volume
    AAA,2012-05-14,10,11,9.5,10.5,90000
    AAA,2012-05-15,10.5,11.5,10,11,80000
    AAA,2012-05-16,11,12,10.75,11.25,100000
    AAA,2012-05-17,11.25,11.75,10.8,11.5,70000
    AAA,2012-05-18,11.5,12.5,11.25,12.0125,60000
    BBB,2012-05-14,200,210,190,205,5000
    BBB,2012-05-15,205,215,195,210,6000
    BBB,2012-05-16,210,220,205,215.5,7000
    BBB,2012-05-17,215.5,221,214,220,8000
    BBB,2012-05-18,220,222,218,219,9000
    CCC,2012-05-16,1.5,1.75,1.25,1.6,1000000
    CCC,2012-05-17,1.6,1.8,1.5,1.7,900000
    CCC,2012-05-18,1.7,1.75,1.4,1.5,800000

    """

  let service: ServiceFixture
  let plan: MarketPlan
  let ticks: TickStore
  let candles: CandleStore
  let replays: ReplayStore
  private let folder: TemporaryFolder

  /// Makes the service, which stands still until ``running(_:)``.
  ///
  /// - Parameter other: another replica, whose database and broker this one shares.
  init(
    _ settings: [String: String] = [:], bars: String = MarketFixture.bars,
    beside other: MarketFixture? = nil, clock: any Core.Clock = SystemClock()
  ) async throws {
    folder = try TemporaryFolder()
    var all = [
      "MARKETDATA_BARS": try folder.write("bars.csv", bars), "MARKETDATA_SPEED": "10000",
      "MARKETDATA_SESSION_STEPS": "390", "MARKETDATA_SEED": "7", "MARKETDATA_LEASE": "2",
    ]
    all.merge(settings) { $1 }
    service = try await ServiceFixture(
      MarketDataService.definition, settings: all, clock: clock, database: other?.service.database,
      cluster: other?.service.cluster)
    plan = try MarketPlan(
      try MarketDataSettings(service.environment.reader, service: "marketdata"))
    ticks = TickStore(database: service.environment.database)
    candles = CandleStore(database: service.environment.database)
    replays = ReplayStore(database: service.environment.database)
  }

  /// A client of the service.
  func client(as caller: String? = "trading") -> MarketDataV1.MarketDataServiceClient {
    MarketDataV1.MarketDataServiceClient(service.channel(as: caller))
  }

  /// Runs what the service does beside answering calls, for as long as the body takes.
  func running<R: Sendable>(
    _ body: @Sendable () async throws -> R
  ) async throws -> R {
    let tasks = service.parts.tasks
    return try await withBackground {
      await withTaskGroup { group in
        for task in tasks {
          group.addTask {
            do { try await task.run() } catch { Issue.record(error, "\(task.name)") }
          }
        }
      }
    } body: {
      try await body()
    }
  }

  /// The step after the last one stored.
  func storedStep() async throws -> Int64 {
    try await service.database.pool.query("SELECT next_step FROM marketdata.replay").one()
      .decode(Int64.self, "next_step")
  }

  /// Waits until so many steps are stored.
  func waitUntilStored(_ steps: Int64) async throws {
    try await eventually { try await storedStep() >= steps }
  }

  /// All ticks that are stored.
  func storedTicks() async throws -> [Tick] {
    var all: [Tick] = []
    while true {
      let more = try await ticks.ticks(from: (all.last?.step ?? -1) + 1)
      if more.isEmpty { return all }
      all += more
    }
  }

  /// The quotes that one run without a pause makes.
  func pureQuotes(_ steps: Range<Int64>) -> [Quote] {
    var replay = plan.replay
    return steps.flatMap { replay.quotes(at: $0) }
  }
}
