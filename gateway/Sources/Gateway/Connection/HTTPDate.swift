internal import Core

/// The `Date` header (RFC 9110 section 5.6.7).
enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The text of a time, to a second: `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func of(_ instant: Instant) -> String {
    let seconds = max(0, instant.seconds)
    let time = CivilDateTime(secondsSinceEpoch: seconds)
    let day = days[Int(seconds / 86_400 % 7)]
    let month = months[Int(time.month - 1)]
    return "\(day), \(two(time.day)) \(month) \(time.year) "
      + "\(two(time.hour)):\(two(time.minute)):\(two(time.second)) GMT"
  }

  private static func two(_ number: Int64) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
