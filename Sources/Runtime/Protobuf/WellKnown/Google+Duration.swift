extension Google {
  /// A length of time, in JSON a text such as `1.5s`; source: google/protobuf/duration.proto.
  public struct Duration: Message {
    /// The full name in the contract.
    public static let messageName = "google.protobuf.Duration"
    /// The fields by name.
    public static let fields = SecondsAndNanos.fields

    /// Whole seconds.
    public var seconds: Int64 = 0
    /// The rest in nanoseconds, of the same sign as `seconds`.
    public var nanos: Int32 = 0
    /// Fields of a newer contract.
    public var unknownFields = UnknownFields()

    /// No time.
    public init() {}

    /// Takes the parts as they are.
    public init(seconds: Int64, nanos: Int32 = 0) {
      self.seconds = seconds
      self.nanos = nanos
    }

    /// The seconds of 10,000 years either way, which is what a duration may hold.
    public static let range: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

    /// Whether both parts are within their ranges and of one sign.
    public var isValid: Bool {
      let limit = SecondsAndNanos.nanosPerSecond
      return Self.range.contains(seconds) && nanos > -limit && nanos < limit
        && !(seconds > 0 && nanos < 0) && !(seconds < 0 && nanos > 0)
    }

    /// Reads both parts.
    public mutating func merge(from reader: inout BinaryReader) throws(BinaryDecodingError) {
      try SecondsAndNanos.merge(&seconds, &nanos, &unknownFields, from: &reader)
    }

    /// Writes both parts.
    public func encode(into writer: inout BinaryWriter) {
      SecondsAndNanos.encode(seconds, nanos, unknownFields, into: &writer)
    }

    /// Reads seconds with up to nine fraction digits and `s`.
    public mutating func merge(from reader: inout JSONReader) throws(JSONDecodingError) {
      let place = try reader.expectString("a duration")
      guard let duration = Duration(text: try reader.stringContent()) else {
        throw reader.failure(.invalidDuration, at: place)
      }
      (seconds, nanos) = (duration.seconds, duration.nanos)
    }

    /// Writes seconds and `s`; `null` unless `isValid`.
    public func encode(into writer: inout JSONWriter) {
      guard isValid else {
        writer.literal("null")
        return writer.note(.invalidDuration, "\(seconds)s \(nanos)ns")
      }
      writer.plainText(description)
    }
  }
}

extension Google.Duration {
  /// The same length as the standard library's type.
  public var duration: Swift.Duration { .seconds(seconds) + .nanoseconds(Int64(nanos)) }

  /// Takes a duration, its part below a nanosecond dropped.
  public init(_ duration: Swift.Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(seconds: seconds, nanos: Int32(attoseconds / 1_000_000_000))
  }

  init?(text: UnsafeBufferPointer<UInt8>) {
    var scanner = TextScanner(text)
    let isNegative = scanner.skip("-")
    guard let seconds = scanner.digits(atMost: 12), let nanos = scanner.nanos(),
      scanner.skip("s"), scanner.isAtEnd
    else { return nil }
    self.init(
      seconds: isNegative ? -seconds : seconds, nanos: isNegative ? -nanos : nanos)
    guard isValid else { return nil }
  }
}

extension Google.Duration: CustomStringConvertible {
  /// Seconds with 0, 3, 6 or 9 fraction digits and `s`.
  public var description: String {
    let sign = seconds < 0 || nanos < 0 ? "-" : ""
    let fraction = String(unsafeUninitializedCapacity: 10) { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      var text = TextPrinter(start)
      text.fraction(nanos)
      return text.count
    }
    return "\(sign)\(seconds.magnitude)\(fraction)s"
  }
}
