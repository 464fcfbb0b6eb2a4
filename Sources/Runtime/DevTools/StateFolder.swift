import Foundation

/// The files a supervisor keeps: logs, process ids and readiness sockets.
struct StateFolder: Sendable {
  static let maximumLogLines = 20
  /// A log is read from its end, no further back than this.
  static let maximumLogBytes: UInt64 = 64 * 1024
  static let leftoverStopTimeout: Duration = .seconds(10)
  /// The bytes of a socket's path on the tightest of systems, terminator not counted.
  static let maximumSocketPath = 103

  /// Stops what is left when the supervisor was killed; `$1` is the folder.
  static let stopScript = """
    [ "$word" = stopped ] && exit
    for file in "$1"/run/*.pid; do
      pid=$(cat "$file" 2>/dev/null) || continue
      kill -TERM "$pid" 2>/dev/null
      n=0
      while [ $n -lt 200 ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; n=$((n + 1)); done
      kill -KILL "$pid" 2>/dev/null
      rm -f "$file"
    done
    """

  private let path: String

  init(path: String) throws {
    self.path = path
    for name in ["log", "run"] {
      try FileManager.default.createDirectory(
        atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }
  }

  func logPath(of name: String) -> String { "\(path)/log/\(name).log" }
  /// In the folder, or under the system's temporary folder where that path is too long for a socket.
  func socketPath(of name: String) -> String {
    let inFolder = "\(path)/run/\(name).sock"
    guard inFolder.utf8.count > Self.maximumSocketPath else { return inFolder }
    return "/tmp/alphintra-\(Fingerprint.text(of: path))-\(name).sock"
  }
  private func processIDPath(of name: String) -> String { "\(path)/run/\(name).pid" }

  func recordProcessID(_ processID: Int32, of name: String) throws {
    try "\(processID)\n".write(
      toFile: processIDPath(of: name), atomically: true, encoding: .utf8)
  }

  func forgetProcessID(of name: String) {
    try? FileManager.default.removeItem(atPath: processIDPath(of: name))
  }

  /// How long a process's log is: where that of the next run begins.
  func logSize(of name: String) -> UInt64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: logPath(of: name))
    return (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
  }

  /// The end of a process's log after a place, to be shown with an error.
  func lastLogLines(of name: String, after start: UInt64) -> [String] {
    guard let file = FileHandle(forReadingAtPath: logPath(of: name)) else { return [] }
    defer { try? file.close() }
    let size = logSize(of: name)
    let earliest = size > Self.maximumLogBytes ? size - Self.maximumLogBytes : 0
    guard (try? file.seek(toOffset: max(start, earliest))) != nil,
      let data = try? file.readToEnd()
    else { return [] }
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    return lines.suffix(Self.maximumLogLines).map(String.init)
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
