import Core
import Foundation
import Gzip
import MarketDataDomain
import ProcessKit

/// What is replayed, as the settings and the file of bars say.
struct MarketPlan: Sendable {
  /// The market.
  let replay: Replay
  /// The days before the first one replayed.
  let history: [Candle]
  /// What must not change while ticks of the replay are stored.
  let identity: ReplayIdentity

  /// The symbols, in order.
  var symbols: [Symbol] { replay.instruments.map(\.symbol) }

  /// The largest file of bars, inflated.
  static let maxFileBytes = 100_000_000

  /// Reads the file.
  ///
  /// - Throws: `ConfigurationError` that names the line and the rule.
  init(_ settings: MarketDataSettings) throws(ConfigurationError) {
    let text = try Self.read(settings.barsPath)
    let bars: [Bar]
    do { bars = try BarFile.parse(text) } catch {
      throw Self.wrong("bars", "\(error)", settings.barsPath)
    }
    let firstDay = settings.firstDay ?? Self.firstCommonDay(of: bars)
    do {
      replay = try Replay(
        bars: bars, instruments: try InstrumentGrid.instruments(of: bars), from: firstDay,
        seed: UInt64(settings.seed), session: settings.session)
    } catch let error as ReplayError {
      if case .noBars = error { throw Self.wrong("first_day", "\(error)", "\(firstDay)") }
      throw Self.wrong("bars", "\(error)", settings.barsPath)
    } catch {
      throw Self.wrong("bars", "\(error)", settings.barsPath)
    }
    history = bars.filter { $0.day < firstDay }.map { Candle($0) }
    identity = ReplayIdentity(
      seed: Int64(settings.seed), firstDay: "\(firstDay)",
      sessionSteps: Int64(settings.session.stepCount),
      barsDigest: "fnv1a:" + String(FNV1a.hash(text), radix: 16))
  }

  /// The first day on which every symbol has been listed.
  private static func firstCommonDay(of bars: [Bar]) -> TradingDay {
    var first: [Symbol: TradingDay] = [:]
    for bar in bars where first[bar.symbol] == nil { first[bar.symbol] = bar.day }
    return first.values.max() ?? TradingDay(daysSinceEpoch: 0)
  }

  private static func read(_ path: String) throws(ConfigurationError) -> [UInt8] {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw wrong("bars", "the file cannot be read", path)
    }
    guard content.count <= maxFileBytes else {
      throw wrong("bars", "the file has more than \(maxFileBytes) bytes", path)
    }
    let bytes = [UInt8](content)
    guard bytes.starts(with: gzipMagic) else { return bytes }
    do { return try Gzip.inflate(bytes, byteLimit: maxFileBytes) } catch {
      throw wrong("bars", "\(error)", path)
    }
  }

  /// How every file compressed by gzip begins (RFC 1952 section 2.3.1).
  private static let gzipMagic: [UInt8] = [0x1f, 0x8b]

  private static func wrong(_ key: String, _ rule: String, _ value: String) -> ConfigurationError {
    ConfigurationError([
      .init(
        key: "marketdata.\(key)", rule: "must say which bars to replay (\(rule))", value: value)
    ])
  }
}

/// What the stored ticks were made from: another seed or another file would be another market under
/// the same sequences.
struct ReplayIdentity: Hashable, Sendable {
  var seed: Int64
  var firstDay: String
  var sessionSteps: Int64
  var barsDigest: String
}
