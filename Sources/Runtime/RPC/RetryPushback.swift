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
    let milliseconds = (max(time, .zero) / .milliseconds(1)).rounded(.up)
    return String(Int32(min(milliseconds, Double(Int32.max))))
  }
}
