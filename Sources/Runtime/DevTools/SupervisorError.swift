/// Why a process could not be started, in words that say what to do.
public enum SupervisorError: Error, CustomStringConvertible {
  /// The program could not be run at all.
  case cannotRun(name: String, executable: String, reason: String)
  /// The process ended before it was ready.
  case exitedEarly(name: String, status: String, logFile: String, lastLines: [String])
  /// The process was to do its work and end, and did not succeed.
  case failed(name: String, status: String, logFile: String, lastLines: [String])
  /// The process did not become ready in time.
  case notReady(name: String, after: Duration, logFile: String, lastLines: [String])

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .cannotRun(let name, let executable, let reason):
      "\(name): cannot run \(executable): \(reason)"
    case .exitedEarly(let name, let status, let logFile, let lastLines):
      "\(name) ended before it was ready (\(status)). Its log is \(logFile)\(quoted(lastLines))"
    case .failed(let name, let status, let logFile, let lastLines):
      "\(name) failed (\(status)). Its log is \(logFile)\(quoted(lastLines))"
    case .notReady(let name, let after, let logFile, let lastLines):
      "\(name) was not ready after \(after). Its log is \(logFile)\(quoted(lastLines))"
    }
  }

  private func quoted(_ lines: [String]) -> String {
    lines.isEmpty ? "" : ":\n" + lines.map { "    \($0)" }.joined(separator: "\n")
  }
}
