import Configuration
import MarketDataDomain
import ProcessKit
import TestSupport
import Testing

@testable import MarketDataService

@Suite("Settings of market data")
struct SettingsTests {
  private static func settings(_ variables: [String: String]) throws -> MarketDataSettings {
    let reader = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: variables))
    return try MarketDataSettings(reader, service: "marketdata")
  }

  @Test("defaults")
  func defaults() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("bars.csv", MarketFixture.bars)
    let settings = try Self.settings(["MARKETDATA_BARS": path])
    #expect(settings.speed == 60 && settings.seed == 1 && settings.firstDay == nil)
    #expect(settings.session == .standard)
    let plan = try MarketPlan(settings)
    // The first day on which all three have a bar.
    #expect(plan.replay.days.first == TradingDay("2012-05-16"))
    #expect(plan.history.count == 4)
    #expect(plan.symbols.map(\.rawValue) == MarketFixture.symbols)
  }

  @Test(
    "a wrong value is named",
    arguments: [
      ("SPEED", "0", "1 to 10000"), ("SPEED", "10001", "1 to 10000"), ("SPEED", "fast", "whole"),
      ("SEED", "-1", "whole number"), ("FIRST_DAY", "2012-02-30", "YYYY-MM-DD"),
      ("SESSION_STEPS", "3", "4 to 23400"), ("SESSION_STEPS", "7001", "whole microseconds"),
      ("KEPT_STEPS", "10", "1000 to"), ("BARS", "/nowhere", "readable file"),
    ])
  func wrongValues(key: String, value: String, rule: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("bars.csv", MarketFixture.bars)
    let error = #expect(throws: ConfigurationError.self) {
      try Self.settings(["MARKETDATA_BARS": path].merging(["MARKETDATA_\(key)": value]) { $1 })
    }
    let text = try #require(error).description
    #expect(text.contains("MARKETDATA_\(key)") && text.contains(rule), "\(text)")
  }

  @Test("no file is no default")
  func required() {
    #expect(throws: ConfigurationError.self) { try Self.settings([:]) }
  }

  @Test(
    "a wrong file is named by line and rule",
    arguments: [
      ("90000", "many", "line 2: Volume cannot be \"many\""),
      ("AAA,2012-05-15", "AAA,2012-05-14", "line 3: AAA 2012-05-14 does not come after"),
      ("10,11,9.5,10.5", "10,9,9.5,10.5", "line 2: 10.5 lies outside 9.5...9"),
      ("Volume", "Amount", "line 1: the column Volume is missing"),
      ("12.0125", "12.01251", "AAA 2012-05-18: 12.01251 has more digits"),
    ])
  func wrongFiles(old: String, new: String, rule: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("bars.csv", MarketFixture.bars.replacing(old, with: new))
    let settings = try Self.settings(["MARKETDATA_BARS": path])
    let error = #expect(throws: ConfigurationError.self) { try MarketPlan(settings) }
    let text = try #require(error).description
    #expect(text.contains(rule) && text.contains("marketdata.bars"), "\(text)")
  }

  @Test("a day after all bars is a wrong first day")
  func lateDay() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("bars.csv", MarketFixture.bars)
    let settings = try Self.settings([
      "MARKETDATA_BARS": path, "MARKETDATA_FIRST_DAY": "2013-01-01",
    ])
    let error = #expect(throws: ConfigurationError.self) { try MarketPlan(settings) }
    #expect(try #require(error).description.contains("marketdata.first_day"))
  }

  @Test("the committed file is read as it is, compressed")
  func realFile() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let settings = try Self.settings(["MARKETDATA_BARS": "/\(root)/deploy/dev/data/stocks.csv.gz"])
    let plan = try MarketPlan(settings)
    #expect(plan.replay.days.count == 196)
    #expect(plan.replay.days.first == TradingDay("2012-05-18"))
    #expect(plan.symbols.map(\.rawValue) == ["AAPL", "FB", "GOOG", "IBM", "MSFT"])
    #expect(plan.history.count == 12_154 - 5 * 196)
  }
}
