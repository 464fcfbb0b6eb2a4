import Foundation

/// The memory of another process, as the system counts it (proc_pid_status(5)).
struct ProcessMemory {
  /// What is in RAM now, in KiB.
  let resident: Int
  /// The most there was since the process began or `resetPeak`, in KiB.
  let peak: Int

  /// Reads what there is.
  init(of processID: Int32) throws {
    let text = try String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)
    func kibibytes(_ name: String) throws -> Int {
      let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
      guard let number = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      return number
    }
    self.resident = try kibibytes("VmRSS")
    self.peak = try kibibytes("VmHWM")
  }

  /// Forgets the peak so far.
  static func resetPeak(of processID: Int32) throws {
    try "5".write(toFile: "/proc/\(processID)/clear_refs", atomically: false, encoding: .utf8)
  }
}
