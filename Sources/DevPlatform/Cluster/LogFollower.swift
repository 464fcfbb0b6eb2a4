import Foundation

/// Hands over what processes write to their logs, line by line, with the name of the process.
public struct LogFollower: Sendable {
  private let folder: String
  private let print: @Sendable (_ name: String, _ line: Substring) -> Void

  /// A follower of what is written from now on.
  ///
  /// - Parameter folder: Where each process has its `<name>.log`.
  public init(
    folder: String, print: @escaping @Sendable (_ name: String, _ line: Substring) -> Void
  ) {
    self.folder = folder
    self.print = print
  }

  /// Follows until the task is cancelled, and then to the end of what there is.
  public func run() async {
    var positions = sizes()
    while (try? await Task.sleep(for: Self.interval)) != nil { readAll(&positions) }
    readAll(&positions)
  }

  private func readAll(_ positions: inout [String: UInt64]) {
    for name in names() {
      guard let file = FileHandle(forReadingAtPath: "\(folder)/\(name).log") else { continue }
      defer { try? file.close() }
      let start = positions[name] ?? 0
      guard (try? file.seek(toOffset: start)) != nil, let data = try? file.readToEnd(),
        let end = data.lastIndex(of: UInt8(ascii: "\n"))
      else { continue }
      let lines = data[data.startIndex...end]
      positions[name] = start + UInt64(lines.count)
      for line in String(decoding: lines, as: UTF8.self).split(separator: "\n") {
        print(name, line)
      }
    }
  }

  private func names() -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".log") }.map { String($0.dropLast(4)) }.sorted()
  }

  /// Where the logs of earlier runs end.
  private func sizes() -> [String: UInt64] {
    Dictionary(
      uniqueKeysWithValues: names().map { name in
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name).log")
        return (name, (attributes?[.size] as? NSNumber)?.uint64Value ?? 0)
      })
  }

  private static let interval: Duration = .milliseconds(200)
}
