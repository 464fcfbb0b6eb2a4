import Core
import TestSupport
import Testing

@Suite struct InstantTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    (1_000, "1970-01-01T00:00:00.001Z"), (1, "1970-01-01T00:00:00.000001Z"),
    (951_782_400_000_000, "2000-02-29T00:00:00Z"),
    (-2_203_891_200_000_000, "1900-03-01T00:00:00Z"),
    (4_107_542_399_000_000, "2100-02-28T23:59:59Z"),
    (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
    (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
  ])
  func `prints as RFC 3339`(microseconds: Int64, text: String) {
    #expect(Instant(microseconds: microseconds).description == text)
  }

  @Test func `civil dates and seconds are each other's inverse`() {
    var random = SeededGenerator(seed: 9)
    for _ in 0..<20_000 {
      let seconds = Int64.random(in: -62_135_596_800...253_402_300_799, using: &random)
      let civil = CivilDateTime(secondsSinceEpoch: seconds)
      #expect(civil.isValid)
      #expect(civil.secondsSinceEpoch == seconds)
    }
  }

  @Test func `every day from 1890 to 2110 follows the one before`() {
    var expected = CivilDateTime(year: 1890, month: 1, day: 1)
    var seconds = expected.secondsSinceEpoch
    while expected.year < 2110 {
      #expect(CivilDateTime(secondsSinceEpoch: seconds) == expected)
      seconds += 86_400
      expected.day += 1
      if !expected.isValid { (expected.day, expected.month) = (1, expected.month + 1) }
      if !expected.isValid { (expected.month, expected.year) = (1, expected.year + 1) }
    }
  }

  @Test func `refuses days that do not exist`() {
    #expect(!CivilDateTime(year: 2023, month: 2, day: 29).isValid)
    #expect(CivilDateTime(year: 2024, month: 2, day: 29).isValid)
    #expect(!CivilDateTime(year: 1900, month: 2, day: 29).isValid)
    #expect(CivilDateTime(year: 2000, month: 2, day: 29).isValid)
    #expect(!CivilDateTime(year: 2024, month: 4, day: 31).isValid)
    #expect(!CivilDateTime(year: 2024, month: 13, day: 1).isValid)
    #expect(!CivilDateTime(year: 2024, month: 0, day: 1).isValid)
    #expect(!CivilDateTime(year: 2024, month: 1, day: 0).isValid)
    #expect(!CivilDateTime(year: 2024, month: 1, day: 1, hour: 24).isValid)
    #expect(!CivilDateTime(year: 2024, month: 1, day: 1, second: 60).isValid)
  }

  @Test func `adds durations`() {
    let start = Instant(microseconds: 1_500_000)
    #expect(start + .milliseconds(250) == Instant(microseconds: 1_750_000))
    #expect(start - .seconds(2) == Instant(microseconds: -500_000))
    #expect(start - .epoch == .microseconds(1_500_000))
    #expect(Instant(microseconds: -1).seconds == -1)
    #expect(Instant(microseconds: -1).microsecondsOfSecond == 999_999)
  }

  @Test func `clocks tell the time`() {
    let manual = ManualClock(Instant(microseconds: 5))
    manual.advance(by: .microseconds(10))
    #expect(manual.now == Instant(microseconds: 15))
    manual.set(to: .epoch)
    #expect(manual.now == .epoch)
    let system: any Core.Clock = SystemClock()
    let first = system.now
    #expect(first > Instant(microseconds: 1_700_000_000_000_000))
    #expect(system.now >= first)
  }
}
