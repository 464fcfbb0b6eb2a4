import Core

extension Instant {
  /// Reads what `description` writes: `2025-11-23T09:30:00.000001Z`, with 0 to 6 fraction digits.
  init?(rfc3339 text: String) {
    var rest = Substring(text).utf8
    func number(_ width: Int) -> Int64? {
      let digits = rest.prefix(width)
      guard digits.count == width else { return nil }
      var value: Int64 = 0
      for digit in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        value = value * 10 + Int64(digit - UInt8(ascii: "0"))
      }
      rest = rest.dropFirst(width)
      return value
    }
    func skip(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest = rest.dropFirst()
      return true
    }
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
      skip("T"), let hour = number(2), skip(":"), let minute = number(2), skip(":"),
      let second = number(2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    var microseconds: Int64 = 0
    if skip(".") {
      let width = rest.count - 1
      guard (1...6).contains(width), let fraction = number(width) else { return nil }
      microseconds = (0..<(6 - width)).reduce(fraction) { value, _ in value * 10 }
    }
    guard skip("Z"), rest.isEmpty else { return nil }
    let days = Self.daysSinceEpoch(year: year, month: month, day: day)
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    self.init(microseconds: seconds * 1_000_000 + microseconds)
    // A day the month does not have comes out as another date.
    guard description.hasPrefix(text.prefix(10)) else { return nil }
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that
  /// the leap day is the last.
  private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
