/// The `grpc-timeout` header: at most eight digits and a unit (gRPC over HTTP/2, "Requests").
package enum Deadline {
  /// The most that eight digits can say.
  private static let maximumValue: Int64 = 99_999_999

  /// The longest time kept as it is; anything longer is as good as a year.
  private static let longest = Duration.seconds(365 * 24 * 3600)

  private static let units: [(suffix: String, nanoseconds: Int64)] = [
    ("n", 1), ("u", 1_000), ("m", 1_000_000), ("S", 1_000_000_000),
    ("M", 60_000_000_000), ("H", 3_600_000_000_000),
  ]

  /// The header value, in the finest unit that fits; rounded up, so that the server never gives up
  /// before the client does.
  package static func encode(_ timeout: Duration) -> String {
    let timeout = max(.zero, min(timeout, Self.longest))
    let (seconds, attoseconds) = timeout.components
    let nanoseconds = seconds * 1_000_000_000 + (attoseconds + 999_999_999) / 1_000_000_000
    for unit in Self.units {
      let value = (nanoseconds + unit.nanoseconds - 1) / unit.nanoseconds
      if value <= Self.maximumValue { return "\(value)\(unit.suffix)" }
    }
    return "\(Self.maximumValue)H"
  }

  /// The time in a header value, or nil if it is not one.
  package static func decode(_ value: [UInt8]) -> Duration? {
    guard (2...9).contains(value.count) else { return nil }
    var number: Int64 = 0
    for character in value.dropLast() {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
      number = number * 10 + Int64(character - UInt8(ascii: "0"))
    }
    let timeout: Duration
    switch value.last {
    case UInt8(ascii: "H"): timeout = .seconds(number * 3600)
    case UInt8(ascii: "M"): timeout = .seconds(number * 60)
    case UInt8(ascii: "S"): timeout = .seconds(number)
    case UInt8(ascii: "m"): timeout = .milliseconds(number)
    case UInt8(ascii: "u"): timeout = .microseconds(number)
    case UInt8(ascii: "n"): timeout = .nanoseconds(number)
    default: return nil
    }
    return min(timeout, Self.longest)
  }

  /// The failure of a call whose time ran out.
  package static var exceeded: RPCError {
    RPCError(.deadlineExceeded, "the deadline of the call passed")
  }
}
