import Core
import Gzip
import MarketDataDomain

/// What the tests of this module share.
enum Samples {
  /// The bars committed under deploy/dev/data, read as the service reads them.
  static func realBars() throws -> [Bar] { try parsedBars.get() }

  private static let parsedBars = Result {
    try BarFile.parse(try Gzip.inflate(try realFile(), byteLimit: 10_000_000))
  }

  static func realFile() throws -> [UInt8] {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return try readFile("/\(root)/deploy/dev/data/stocks.csv.gz")
  }

  static func instrument(_ symbol: String = "AAPL", lot: String = "1") throws -> Instrument {
    try Instrument(
      symbol: Symbol(rawValue: symbol), priceIncrement: try Decimal("0.01"),
      lotSize: try Decimal(lot), quoteAsset: AssetID(rawValue: "USD"), printScale: 4)
  }

  static let symbols = ["AAPL", "FB", "GOOG", "IBM", "MSFT"]

  static func instruments() throws -> [Instrument] { try symbols.map { try instrument($0) } }

  static func day(_ text: String) throws -> TradingDay {
    guard let day = TradingDay(text) else { throw SampleError.notADay(text) }
    return day
  }

  static func bar(
    _ symbol: String, _ day: String, _ prices: String, volume: Int64 = 1000
  ) throws -> Bar {
    let parts = try prices.split(separator: " ").map { try Decimal($0) }
    return try Bar(
      symbol: Symbol(rawValue: symbol), day: try self.day(day), open: parts[0], high: parts[1],
      low: parts[2], close: parts[3], volume: volume)
  }
}

enum SampleError: Error {
  case notADay(String)
  case unreadable(String)
}
