import Core
import MarketDataDomain
import Testing

@Suite("BarFile")
struct BarFileTests {
  static let header = "Ticker,Date,Open,High,Low,Close,Volume,Adj Close"

  static func parse(_ lines: String...) throws(BarFileError) -> [Bar] {
    try BarFile.parse(Array(lines.joined(separator: "\n").utf8))
  }

  @Test("a line becomes a bar, digit by digit")
  func line() throws {
    let bars = try Self.parse(
      Self.header, "AAPL,2000-03-01,118.56,132.06,118.5,130.31,9616100,4.186662803811", "")
    #expect(
      bars == [
        try Samples.bar("AAPL", "2000-03-01", "118.56 132.06 118.5 130.31", volume: 9_616_100)
      ])
  }

  @Test("columns are found by name, line ends may be CRLF")
  func layout() throws {
    let bars = try Self.parse(
      "Volume,Close,Low,High,Open,Date,Ticker\r", "5,2,1,3,1.5,2012-02-29,X\r", "")
    #expect(bars == [try Samples.bar("X", "2012-02-29", "1.5 3 1 2", volume: 5)])
  }

  struct Refusal: CustomTestStringConvertible {
    var lines: [String]
    var error: BarFileError
    var testDescription: String { error.description }
  }

  static func refusals() throws -> [Refusal] {
    let x = Symbol(rawValue: "X")
    let good = "X,2012-05-18,1,2,1,2,10,1"
    func refused(_ error: BarFileError, _ lines: String...) -> Refusal {
      Refusal(lines: [header] + lines, error: error)
    }
    return [
      Refusal(lines: [], error: .empty),
      Refusal(lines: ["Ticker,Date,Open,High,Low,Close"], error: .missingColumn("Volume")),
      refused(.fieldCount(line: 2, expected: 8, found: 7), "X,2012-05-18,1,2,1,2,10"),
      refused(.badValue(line: 3, column: "Ticker", value: "x"), good, "x,2012-05-19,1,2,1,2,1,1"),
      refused(
        .badValue(line: 2, column: "Date", value: "2013-02-29"), "X,2013-02-29,1,2,1,2,1,1"),
      refused(.badValue(line: 2, column: "Open", value: "1e2"), "X,2013-02-28,1e2,2,1,2,1,1"),
      refused(.badValue(line: 2, column: "High", value: ""), "X,2013-02-28,1,,1,2,1,1"),
      refused(.badValue(line: 2, column: "Volume", value: "1.5"), "X,2013-02-28,1,2,1,2,1.5,1"),
      refused(
        .impossible(line: 2, .outsideRange(3, low: 1, high: 2)), "X,2013-02-28,1,2,1,3,1,1"),
      refused(
        .impossible(line: 2, .outsideRange(1, low: 2, high: 4)), "X,2013-02-28,1,4,2,3,1,1"),
      refused(.impossible(line: 2, .notPositive(0)), "X,2013-02-28,1,2,0,2,1,1"),
      refused(.impossible(line: 2, .negativeVolume(-1)), "X,2013-02-28,1,2,1,2,-1,1"),
      refused(
        .outOfOrder(line: 3, symbol: x, day: try Samples.day("2012-05-18")), good, good),
    ]
  }

  @Test("what cannot be read is named by line, column and value", arguments: try refusals())
  func refusal(_ refusal: Refusal) {
    #expect(throws: refusal.error) {
      try BarFile.parse(Array(refusal.lines.joined(separator: "\n").utf8))
    }
  }

  @Test("the committed file is what its README states")
  func committedFile() throws {
    #expect(try Samples.realFile().count == 294_246)
    let bars = try Samples.realBars()
    #expect(bars.count == 12_154)
    let counts = Dictionary(grouping: bars, by: \.symbol.rawValue).mapValues(\.count)
    #expect(counts == ["AAPL": 3270, "FB": 196, "GOOG": 2148, "IBM": 3270, "MSFT": 3270])
    let start = try Samples.day("2012-05-18")
    let recent = Dictionary(grouping: bars.filter { $0.day >= start }, by: \.day)
    #expect(recent.count == 196)
    #expect(recent.values.allSatisfy { $0.count == 5 })
    #expect(bars.map(\.day).max() == (try Samples.day("2013-03-01")))
  }
}
