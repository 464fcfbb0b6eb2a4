import Foundation

/// The files a supervisor keeps: logs, process ids and readiness sockets.
struct StateFolder: Sendable {
  static let maximumLogLines = 20
  static let leftoverStopTimeout: Duration = .seconds(10)

  private let path: String

  init(path: String) throws {
    self.path = path
    for name in ["log", "run"] {
      try FileManager.default.createDirectory(
        atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }
  }

  func logPath(of name: String) -> String { "\(path)/log/\(name).log" }
  func socketPath(of name: String) -> String { "\(path)/run/\(name).sock" }
  private func processIDPath(of name: String) -> String { "\(path)/run/\(name).pid" }

  func recordProcessID(_ processID: Int32, of name: String) throws {
    try "\(processID)\n".write(
      toFile: processIDPath(of: name), atomically: true, encoding: .utf8)
  }

  func forgetProcessID(of name: String) {
    try? FileManager.default.removeItem(atPath: processIDPath(of: name))
  }

  /// The end of a process's log, to be shown with an error.
  func lastLogLines(of name: String) -> [String] {
    guard let log = try? String(contentsOfFile: logPath(of: name), encoding: .utf8) else {
      return []
    }
    return log.split(separator: "\n").suffix(Self.maximumLogLines).map(String.init)
  }

  /// Stops the process of an earlier run that was killed before it could stop its children.
  ///
  /// The id alone proves nothing, since ids are reused: the process must also have been started with the same arguments.
  func stopLeftover(of process: ManagedProcess) async {
    guard let text = try? String(contentsOfFile: processIDPath(of: process.name), encoding: .utf8),
      let processID = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), processID > 1,
      isRunning(processID, process)
    else { return }
    kill(processID, SIGTERM)
    let deadline = ContinuousClock.now + Self.leftoverStopTimeout
    while isRunning(processID, process) {
      if ContinuousClock.now > deadline { kill(processID, SIGKILL) }
      try? await Task.sleep(for: .milliseconds(50))
    }
    forgetProcessID(of: process.name)
  }

  private func isRunning(_ processID: Int32, _ process: ManagedProcess) -> Bool {
    guard
      let commandLine = try? Data(contentsOf: URL(filePath: "/proc/\(processID)/cmdline")),
      !commandLine.isEmpty
    else { return false }
    let words = commandLine.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return Array(words.dropFirst()) == process.arguments
      && words.first?.split(separator: "/").last == process.executable.split(separator: "/").last
  }
}
