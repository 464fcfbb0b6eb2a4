import Foundation

/// The last lines of a process's log that may say why something failed.
struct LogEnd: CustomStringConvertible {
  /// The most lines that are told.
  private static let linesLimit = 12
  /// The most characters of a line.
  private static let lineLimit = 400
  /// What says nothing: the polls of a test that were answered, and librdkafka's own lines about a broker that
  /// is away, which the client's errors repeat.
  private static let noise = [
    #""severity":"INFO","logger":"gateway","message":"request answered""#, #""message":"[thrd:"#,
  ]

  let description: String

  init(of path: String) {
    guard let log = try? String(contentsOfFile: path, encoding: .utf8) else {
      description = "  no log"
      return
    }
    description = log.split(separator: "\n")
      .filter { line in !Self.noise.contains { line.contains($0) } }
      .suffix(Self.linesLimit).map { "  \($0.prefix(Self.lineLimit))" }
      .joined(separator: "\n")
  }
}
