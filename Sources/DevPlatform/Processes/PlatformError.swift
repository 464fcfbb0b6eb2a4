/// Why a platform could not be run, in words that say what to do.
public enum PlatformError: Error, Sendable, CustomStringConvertible {
  /// Something listens where the gateway or PostgreSQL is to; the flag chooses another port.
  case portTaken(Int, flag: String)
  /// Another platform runs on the folder.
  case folderInUse(String)
  /// A folder or file could not be made.
  case folderFailed(String, String)
  /// A program of the platform is not beside the running one.
  case missingProgram(String)
  /// A file that the platform reads is not there.
  case missingFile(String, what: String)
  /// The gateway runs and does not answer.
  case notHealthy(url: String, after: Duration, last: String)
  /// A process ended though nobody had asked it to.
  case died(name: String, status: String, logFile: String, lastLines: [String])
  /// Pods were not all ready in time.
  case notSettled(String)
  /// The member is not running, or not one that can be started again.
  case notStarted(String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .portTaken(let port, let flag):
      "port \(port) is taken: stop what listens there (`ss -ltnp`), or choose another with \(flag)"
    case .folderInUse(let folder):
      "another platform runs on \(folder): stop it first, or choose another folder with --folder"
    case .folderFailed(let path, let reason):
      "cannot write \(path): \(reason)"
    case .missingProgram(let path):
      "\(path) is not there: run `make build`"
    case .missingFile(let path, let what):
      "\(what) is not at \(path): run from the repository's folder, or name it with --bars"
    case .notHealthy(let url, let limit, let last):
      "\(url) was not healthy after \(limit): \(last)"
    case .died(let name, let status, let logFile, let lastLines):
      "\(name) has died (\(status)), so the rest is stopped. Its log is \(logFile)"
        + (lastLines.isEmpty ? "" : ":\n" + lastLines.map { "    \($0)" }.joined(separator: "\n"))
    case .notSettled(let pods):
      "not all pods became ready: \(pods)"
    case .notStarted(let name):
      "\(name) is not running"
    }
  }
}
