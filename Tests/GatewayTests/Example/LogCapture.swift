import Logging
import Synchronization

/// Keeps what is logged.
final class LogCapture: Sendable {
  struct Line: Sendable {
    let message: String
    let metadata: Logger.Metadata
  }

  private let kept = Mutex<[Line]>([])

  var lines: [Line] { kept.withLock { $0 } }

  var logger: Logger {
    Logger(label: "test") { _ in Handler(capture: self) }
  }

  private struct Handler: LogHandler {
    let capture: LogCapture
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let line = Line(message: "\(event.message)", metadata: event.metadata ?? [:])
      capture.kept.withLock { $0.append(line) }
    }
  }
}
