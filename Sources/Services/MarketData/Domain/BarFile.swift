import Core

/// Reads daily bars from CSV as in `deploy/dev/data/stocks.csv.gz`, inflated.
///
/// The first line names the columns; `Ticker`, `Date`, `Open`, `High`, `Low`, `Close` and `Volume`
/// must be among them, in any order, and others are ignored. Values are not quoted. The bars of one
/// symbol must be in order of their days, each day at most once.
public enum BarFile {
  /// The most data lines a file may have.
  public static let maxLines = 1_000_000

  /// All bars, in the file's order.
  public static func parse(_ text: [UInt8]) throws(BarFileError) -> [Bar] {
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)[...]
    guard let header = lines.popFirst() else { throw .empty }
    guard lines.count <= maxLines else { throw .tooManyLines(lines.count) }
    let layout = try Layout(header: fields(of: header))
    var bars: [Bar] = []
    bars.reserveCapacity(lines.count)
    var lastDays: [Symbol: TradingDay] = [:]
    for (index, line) in lines.enumerated() {
      let number = index + 2
      let bar = try layout.bar(fields(of: line), line: number)
      if let last = lastDays[bar.symbol], bar.day <= last {
        throw .outOfOrder(line: number, symbol: bar.symbol, day: bar.day)
      }
      lastDays[bar.symbol] = bar.day
      bars.append(bar)
    }
    return bars
  }

  private static func fields(of line: ArraySlice<UInt8>) -> [Substring] {
    var text = String(decoding: line, as: UTF8.self)[...]
    if text.last == "\r" { text.removeLast() }
    return text.split(separator: ",", omittingEmptySubsequences: false)
  }

  /// Where each column is.
  private struct Layout {
    var count: Int
    var ticker: Int
    var date: Int
    var open: Int
    var high: Int
    var low: Int
    var close: Int
    var volume: Int

    init(header: [Substring]) throws(BarFileError) {
      func column(_ name: String) throws(BarFileError) -> Int {
        guard let index = header.firstIndex(where: { $0 == name }) else {
          throw .missingColumn(name)
        }
        return index
      }
      count = header.count
      ticker = try column("Ticker")
      date = try column("Date")
      open = try column("Open")
      high = try column("High")
      low = try column("Low")
      close = try column("Close")
      volume = try column("Volume")
    }

    func bar(_ fields: [Substring], line: Int) throws(BarFileError) -> Bar {
      guard fields.count == count else {
        throw .fieldCount(line: line, expected: count, found: fields.count)
      }
      func price(_ index: Int, _ name: String) throws(BarFileError) -> Decimal {
        do { return try Decimal(fields[index]) } catch {
          throw .badValue(line: line, column: name, value: String(fields[index].prefix(64)))
        }
      }
      guard let symbol = Symbol(fields[ticker]) else {
        throw .badValue(line: line, column: "Ticker", value: String(fields[ticker].prefix(64)))
      }
      guard let day = TradingDay(fields[date]) else {
        throw .badValue(line: line, column: "Date", value: String(fields[date].prefix(64)))
      }
      guard let volume = Int64(fields[volume]) else {
        throw .badValue(line: line, column: "Volume", value: String(fields[volume].prefix(64)))
      }
      let (open, high) = (try price(open, "Open"), try price(high, "High"))
      let (low, close) = (try price(low, "Low"), try price(close, "Close"))
      do {
        return try Bar(
          symbol: symbol, day: day, open: open, high: high, low: low, close: close, volume: volume)
      } catch {
        throw .impossible(line: line, error)
      }
    }
  }
}

/// Why a file of bars was refused; lines count from 1, the header being line 1.
public enum BarFileError: Error, Hashable, Sendable {
  /// There is no header.
  case empty
  /// More data lines than `BarFile.maxLines`.
  case tooManyLines(Int)
  /// The header lacks a column.
  case missingColumn(String)
  /// A line has fewer or more fields than the header.
  case fieldCount(line: Int, expected: Int, found: Int)
  /// A field cannot be read; the value is cut to 64 characters.
  case badValue(line: Int, column: String, value: String)
  /// The fields contradict each other.
  case impossible(line: Int, BarError)
  /// A symbol's days do not rise.
  case outOfOrder(line: Int, symbol: Symbol, day: TradingDay)
}

extension BarFileError: CustomStringConvertible {
  /// The line, the broken rule and the value that broke it.
  public var description: String {
    switch self {
    case .empty:
      "the file of bars is empty"
    case .tooManyLines(let count):
      "the file of bars has \(count) lines; at most \(BarFile.maxLines) are read"
    case .missingColumn(let name):
      "line 1: the column \(name) is missing"
    case .fieldCount(let line, let expected, let found):
      "line \(line): \(found) fields instead of \(expected)"
    case .badValue(let line, let column, let value):
      "line \(line): \(column) cannot be \"\(value)\""
    case .impossible(let line, let error):
      "line \(line): \(error)"
    case .outOfOrder(let line, let symbol, let day):
      "line \(line): \(symbol) \(day) does not come after the day before it"
    }
  }
}
