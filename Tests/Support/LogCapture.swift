public import Logging
import Synchronization

/// Keeps what is logged.
public final class LogCapture: Sendable {
  /// One event.
  public struct Line: Sendable {
    /// How grave it is.
    public let level: Logger.Level
    /// What happened.
    public let message: String
    /// The particulars.
    public let metadata: Logger.Metadata
  }

  private let kept = Mutex<[Line]>([])

  /// Nothing has been logged yet.
  public init() {}

  /// What has been logged.
  public var lines: [Line] { kept.withLock { $0 } }

  /// A logger whose lines are kept, whatever their level.
  public var logger: Logger {
    Logger(label: "test") { _ in Handler(capture: self) }
  }

  private struct Handler: LogHandler {
    let capture: LogCapture
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let line = Line(
        level: event.level, message: "\(event.message)",
        metadata: metadata.merging(event.metadata ?? [:]) { $1 })
      capture.kept.withLock { $0.append(line) }
    }
  }
}
