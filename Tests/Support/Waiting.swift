import Foundation

/// The condition that a test waited for did not come to hold.
public struct NeverHappened: Error, CustomStringConvertible {
  /// The file of the call that waited.
  public let filePath: String
  /// Its line there.
  public let line: Int
  /// For how long it did.
  public let limit: Duration

  /// Where, for how long, and what was waited for.
  public var description: String {
    let place = "\(URL(filePath: filePath).lastPathComponent):\(line)"
    return "never within \(limit), at \(place): \(condition ?? "its source is not here")"
  }

  /// What was waited for, in the words of the source; nil where that is not at hand.
  private var condition: String? {
    guard let source = try? String(contentsOfFile: filePath, encoding: .utf8) else { return nil }
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
      .dropFirst(line - 1).prefix(Self.linesLimit)
    var depth = 0
    var told: [String] = []
    for line in lines {
      told.append(line.trimmingCharacters(in: .whitespaces))
      for character in line { depth += character == "{" ? 1 : character == "}" ? -1 : 0 }
      if depth <= 0 { break }
    }
    return told.isEmpty ? nil : told.joined(separator: " ")
  }

  /// The most lines of source that are told.
  private static let linesLimit = 8
}

/// Waits until a condition holds.
///
/// - Parameters:
///   - limit: a bound for a test that hangs, not a measure.
///   - filePath: the file of the call, which ``NeverHappened`` tells; a helper may pass on that of its caller.
///   - line: the line of the call, likewise.
/// - Throws: ``NeverHappened`` at the limit.
public nonisolated(nonsending) func eventually(
  within limit: Duration = .seconds(180), filePath: String = #filePath, line: Int = #line,
  _ condition: nonisolated(nonsending) () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !condition() {
    guard .now < end else {
      throw NeverHappened(filePath: filePath, line: line, limit: limit)
    }
    try await Task.sleep(for: .milliseconds(10))
  }
}

/// Runs `body` beside a task that is cancelled, and has ended, when `body` returns.
public func withBackground<R: Sendable>(
  _ background: @escaping @Sendable () async -> Void,
  body: @Sendable () async throws -> R
) async throws -> R {
  try await withThrowingTaskGroup { group in
    group.addTask { await background() }
    defer { group.cancelAll() }
    return try await body()
  }
}
