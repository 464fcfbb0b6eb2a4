extension SpanContext {
  /// The names of the two headers.
  public enum HeaderName {
    /// The trace, the span, and whether it is recorded.
    public static let traceparent = "traceparent"
    /// What other tracing systems say of the trace.
    public static let tracestate = "tracestate"
  }

  /// The length of a value of version 00.
  private static let length = 55

  /// Reads the values of the headers (W3C Trace Context, section 3.2).
  ///
  /// Of a version that is not known here the part that all versions share is read (section 3.2.4), and flags
  /// that are not known are dropped.
  ///
  /// - Parameter tracestate: the values of its headers, read only where `traceparent` is one.
  /// - Returns: nil if `traceparent` is none: the trace begins anew.
  public init?(traceparent: String, tracestate: some Sequence<String> = EmptyCollection<String>()) {
    var text = traceparent
    let parsed = text.withUTF8 { Self.parse($0) }
    guard let (traceID, spanID, flags) = parsed else { return nil }
    self.init(traceID, spanID, flags, TraceState(tracestate))
  }

  /// The value of the header, in version 00.
  public var traceparent: String {
    String(unsafeUninitializedCapacity: Self.length) { digits in
      write(to: digits)
      return Self.length
    }
  }

  /// Whether a value is the one that ``traceparent`` would be, without making it.
  public func isWritten(_ text: String) -> Bool {
    var text = text
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.length) { digits in
      write(to: digits)
      return text.withUTF8 { $0.elementsEqual(digits) }
    }
  }

  private func write(to digits: UnsafeMutableBufferPointer<UInt8>) {
    digits.initialize(repeating: UInt8(ascii: "0"))
    digits[2] = UInt8(ascii: "-")
    traceID.high.write(to: digits, at: 3)
    traceID.low.write(to: digits, at: 19)
    digits[35] = UInt8(ascii: "-")
    spanID.value.write(to: digits, at: 36)
    digits[52] = UInt8(ascii: "-")
    digits[54] = flags.rawValue.hexDigit
  }

  private static func parse(
    _ text: UnsafeBufferPointer<UInt8>
  ) -> (TraceID, SpanID, TraceFlags)? {
    let dash = UInt8(ascii: "-")
    guard text.count >= length, text[2] == dash, text[35] == dash, text[52] == dash,
      let version = number(text, 0, 2), version != 0xff,
      let high = number(text, 3, 16), let low = number(text, 19, 16),
      let traceID = TraceID(high: high, low: low),
      let span = number(text, 36, 16), let spanID = SpanID(span),
      let flags = number(text, 53, 2)
    else { return nil }
    if text.count > length, version == 0 || text[length] != dash { return nil }
    let known = TraceFlags(rawValue: UInt8(flags)).intersection(.known)
    // What a later version means by its other bits is not known.
    return (traceID, spanID, version == 0 ? known : known.intersection(.sampled))
  }

  /// Lower-case hexadecimal digits; nil for anything else.
  private static func number(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int
  ) -> UInt64? {
    var number: UInt64 = 0
    for index in start..<start + count {
      let digit = text[index]
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return number
  }
}
