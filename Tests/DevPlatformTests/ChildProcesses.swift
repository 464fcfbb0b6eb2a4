import Foundation

/// The processes that a supervisor says it runs.
enum ChildProcesses {
  static func isRunning(_ processID: Int32) -> Bool { kill(processID, 0) == 0 }

  /// Those whose ids stand in the folder, by name.
  static func running(in folder: String) -> [String: Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/run")) ?? []
    var processIDs: [String: Int32] = [:]
    for name in names where name.hasSuffix(".pid") {
      let text = try? String(contentsOfFile: "\(folder)/run/\(name)", encoding: .utf8)
      let processID = text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      processIDs[String(name.dropLast(".pid".count))] = processID
    }
    return processIDs
  }
}
