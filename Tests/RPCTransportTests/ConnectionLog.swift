import Logging
import Synchronization

/// Keeps what a server logs about the ends of its connections.
final class ConnectionLog: Sendable {
  private let state = Mutex<[String]>([])

  /// Why connections ended.
  var errors: [String] { self.state.withLock { $0 } }

  /// The logger for the server.
  var logger: Logger {
    var logger = Logger(label: "test") { _ in Handler(log: self) }
    logger.logLevel = .debug
    return logger
  }

  private struct Handler: LogHandler {
    let log: ConnectionLog
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { self.metadata[key] }
      set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      guard let error = event.metadata?["error"] else { return }
      self.log.state.withLock { $0.append("\(error)") }
    }
  }
}
