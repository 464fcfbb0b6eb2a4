import Core
import MarketDataDomain
import Testing

@Suite("TradingDay and Symbol")
struct TradingDayTests {
  @Test(
    "days that exist are read and written back",
    arguments: ["1970-01-01", "2012-02-29", "2013-03-01"])
  func roundTrip(text: String) throws {
    #expect(try Samples.day(text).description == text)
  }

  @Test(
    "what is not a day is refused",
    arguments: [
      "", "2013-02-29", "2013-13-01", "2013-1-01", "13-01-01", "2013-01-01x", "+013-01-01",
    ])
  func refused(text: String) {
    #expect(TradingDay(text) == nil)
  }

  @Test("a day starts at midnight UTC")
  func start() throws {
    #expect(try Samples.day("2012-05-18").start.description == "2012-05-18T00:00:00Z")
  }

  @Test("symbols are upper case and short")
  func symbols() {
    for text in ["A", "BRK.B", "BTC-USD", "AAPL"] { #expect(Symbol(text)?.rawValue == text) }
    for text in ["", "aapl", "A A", "ABCDEFGHIJKLM", "ÄPL", "A/B"] { #expect(Symbol(text) == nil) }
  }
}
