/// Why a server ends a stream that could have gone on: it stops, and whoever reads opens the stream again elsewhere.
///
/// As the cause of the stream's error it keeps the call apart from failures: the server's metrics count it with the label
/// `ended_by="drain"`.
public struct ServerStops: Error, Sendable, Hashable, CustomStringConvertible {
  /// The reason.
  public init() {}

  /// It in words.
  public var description: String { "the server stops" }
}
