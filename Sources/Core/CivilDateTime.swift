/// A date and time of day in UTC by the proleptic Gregorian calendar.
///
/// The conversion is by whole days and 400-year eras, without loops or tables of months; source:
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
public struct CivilDateTime: Hashable, Sendable {
  /// The year; 0 is 1 BC.
  public var year: Int64
  /// The month, 1 to 12.
  public var month: Int64
  /// The day of the month, from 1.
  public var day: Int64
  /// The hour, 0 to 23.
  public var hour: Int64
  /// The minute, 0 to 59.
  public var minute: Int64
  /// The second, 0 to 59: there are no leap seconds in a count since the epoch.
  public var second: Int64

  /// Takes the parts as they are; see `isValid`.
  public init(
    year: Int64, month: Int64, day: Int64, hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// The date and time `seconds` after the start of 1970.
  public init(secondsSinceEpoch seconds: Int64) {
    let days = seconds.flooredQuotient(86_400)
    let secondOfDay = seconds - days * 86_400
    // Years begin in March here, so that the leap day is a year's last.
    let shifted = days + 719_468
    let era = shifted.flooredQuotient(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    hour = secondOfDay / 3600
    minute = secondOfDay / 60 % 60
    second = secondOfDay % 60
  }

  /// Seconds since the start of 1970; meaningful for valid parts.
  public var secondsSinceEpoch: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.flooredQuotient(400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    return days * 86_400 + hour * 3600 + minute * 60 + second
  }

  /// Whether every part is within its range, the day within its month.
  public var isValid: Bool {
    (1...12).contains(month) && (1...daysInMonth).contains(day) && (0...23).contains(hour)
      && (0...59).contains(minute) && (0...59).contains(second)
  }

  private var daysInMonth: Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return switch month {
    case 2: isLeap ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDateTime: CustomStringConvertible {
  /// `2026-01-31T09:05:00`, the zone left to the caller.
  public var description: String {
    "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))"
      + "T\(hour.padded(to: 2)):\(minute.padded(to: 2)):\(second.padded(to: 2))"
  }
}
