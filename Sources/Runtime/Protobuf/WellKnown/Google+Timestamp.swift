public import Core

extension Google {
  /// A point in time, in JSON an RFC 3339 text; source: google/protobuf/timestamp.proto.
  public struct Timestamp: Message {
    /// The full name in the contract.
    public static let messageName = "google.protobuf.Timestamp"
    /// The fields by name.
    public static let fields = SecondsAndNanos.fields

    /// Seconds since 1970-01-01T00:00:00Z.
    public var seconds: Int64 = 0
    /// Nanoseconds after `seconds`, within `0 ..< 1_000_000_000`.
    public var nanos: Int32 = 0
    /// Fields of a newer contract.
    public var unknownFields = UnknownFields()

    /// The start of 1970.
    public init() {}

    /// Takes the parts as they are.
    public init(seconds: Int64, nanos: Int32 = 0) {
      self.seconds = seconds
      self.nanos = nanos
    }

    /// The seconds of years 1 to 9999, which is what a timestamp may hold.
    public static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Whether both parts are within their ranges.
    public var isValid: Bool {
      Self.range.contains(seconds) && (0..<SecondsAndNanos.nanosPerSecond).contains(nanos)
    }

    /// Reads both parts.
    public mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
      try SecondsAndNanos.merge(&seconds, &nanos, &unknownFields, from: &reader)
    }

    /// Writes both parts.
    public func encode(into writer: inout BinaryWriter) {
      SecondsAndNanos.encode(seconds, nanos, unknownFields, into: &writer)
    }

    /// Reads an RFC 3339 time with any offset and up to nine fraction digits.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      let place = try reader.expectString("a time")
      guard let time = Timestamp(rfc3339: try reader.stringContent()) else {
        throw reader.failure(.invalidTimestamp, at: place)
      }
      (seconds, nanos) = (time.seconds, time.nanos)
    }

    /// Writes an RFC 3339 time in UTC; `null` for one outside years 1 to 9999, which has none.
    public func encode(into writer: inout JSONWriter) {
      guard isValid else {
        writer.literal("null")
        return writer.note(.invalidTimestamp, description)
      }
      writer.write(atMost: Self.maxTextCount + 2) { target in
        target[0] = UInt8(ascii: "\"")
        let count = write(to: target + 1)
        target[count + 1] = UInt8(ascii: "\"")
        return count + 2
      }
    }
  }
}

extension Google.Timestamp {
  /// The time to a microsecond, rounded to the past; nil unless `isValid`.
  public var instant: Instant? {
    guard isValid else { return nil }
    return Instant(microseconds: seconds * 1_000_000 + Int64(nanos / 1000))
  }

  /// Takes an instant.
  public init(_ instant: Instant) {
    self.init(seconds: instant.seconds, nanos: Int32(instant.microsecondsOfSecond * 1000))
  }

  init?(rfc3339 text: UnsafeBufferPointer<UInt8>) {
    var scanner = TextScanner(text)
    guard let year = scanner.digits(4), scanner.skip("-"),
      let month = scanner.digits(2), scanner.skip("-"),
      let day = scanner.digits(2), scanner.skip("T"),
      let hour = scanner.digits(2), scanner.skip(":"),
      let minute = scanner.digits(2), scanner.skip(":"),
      let second = scanner.digits(2), let nanos = scanner.nanos()
    else { return nil }
    let civil = CivilDateTime(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    guard civil.isValid, let offset = scanner.offset(), scanner.isAtEnd else { return nil }
    self.init(seconds: civil.secondsSinceEpoch - offset, nanos: nanos)
    guard isValid else { return nil }
  }
}

extension Google.Timestamp: CustomStringConvertible {
  /// The longest text: date and time, nine fraction digits, `Z`.
  static let maxTextCount = 30

  /// The time as RFC 3339 in UTC with 0, 3, 6 or 9 fraction digits.
  public var description: String {
    guard isValid else { return "\(seconds)s \(nanos)ns" }
    return String(unsafeUninitializedCapacity: Self.maxTextCount) { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return write(to: start)
    }
  }

  /// Writes the text of a valid time and returns its length.
  private func write(to target: UnsafeMutablePointer<UInt8>) -> Int {
    let time = CivilDateTime(secondsSinceEpoch: seconds)
    var text = TextPrinter(target)
    text.digits(time.year, 4)
    text.character("-")
    text.digits(time.month, 2)
    text.character("-")
    text.digits(time.day, 2)
    text.character("T")
    text.digits(time.hour, 2)
    text.character(":")
    text.digits(time.minute, 2)
    text.character(":")
    text.digits(time.second, 2)
    text.fraction(nanos)
    text.character("Z")
    return text.count
  }
}

extension TextScanner {
  /// `Z` or `+01:30`, in seconds east of Greenwich.
  fileprivate mutating func offset() -> Int64? {
    if skip("Z") { return 0 }
    let isWest = skip("-")
    guard isWest || skip("+"), let hours = digits(2), skip(":"), let minutes = digits(2),
      hours < 24, minutes < 60
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return isWest ? -seconds : seconds
  }
}
