/// What a server says about making a call again that it has failed (gRFC A6, "Pushback").
public enum RetryPushback: Sendable, Hashable {
  /// Not to.
  case never
  /// Not before that time has passed; a millisecond is the finest that travels.
  case after(Duration)

  /// The name of its header.
  package static let headerName = "grpc-retry-pushback-ms"

  /// Reads the header; what cannot be read means not to.
  package init(header: String) {
    guard let milliseconds = Int32(header), milliseconds >= 0, String(milliseconds) == header else {
      self = .never
      return
    }
    self = .after(.milliseconds(milliseconds))
  }

  /// The value of the header, rounded up.
  package var header: String {
    guard case .after(let time) = self else { return "-1" }
    let (seconds, attoseconds) = max(time, .zero).components
    // In whole numbers: a quotient of binary fractions can be rounded up to one millisecond too many.
    let milliseconds =
      min(seconds, Int64(Int32.max)) * 1_000 + (attoseconds + 999_999_999_999_999)
      / 1_000_000_000_000_000
    return String(Int32(clamping: milliseconds))
  }
}
