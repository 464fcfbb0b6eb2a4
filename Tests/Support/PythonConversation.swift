import Subprocess
import SystemPackage

/// A script of `Tests/Support/python` that is talked to, line by line.
public struct PythonConversation: Sendable {
  fileprivate let input: StandardInputWriter
  fileprivate let lines: AsyncStream<String>

  /// Writes a line to the script.
  public func send(_ line: String) async throws {
    _ = try await input.write(line + "\n")
  }

  /// The next line that the script writes; nil when it has ended.
  ///
  /// One task reads at a time.
  public func next() async -> String? {
    for await line in lines { return line }
    return nil
  }
}

extension PythonPeer {
  /// Runs a script for the length of a closure; the end of its input tells the script to end.
  ///
  /// - Throws: ``PythonPeer/Failure/failed(script:errors:)`` unless it exits with zero, else what `body`
  ///   throws.
  public static func talk<R: Sendable>(
    to script: String, arguments: [String],
    _ body: (PythonConversation) async throws -> R
  ) async throws -> R {
    let result = try await Subprocess.run(
      .path(FilePath(try interpreter())),
      arguments: Arguments(["\(repository)/Tests/Support/python/\(script)"] + arguments),
      input: .inputWriter, output: .sequence, error: .string(limit: 1 << 20)
    ) { execution in
      let (lines, continuation) = AsyncStream.makeStream(of: String.self)
      let output = execution.standardOutput
      let reader = Task {
        defer { continuation.finish() }
        for try await line in output.strings(bufferingPolicy: .unbounded) {
          continuation.yield(line.trimmingSuffix { $0.isNewline })
        }
      }
      let outcome: Result<R, any Error>
      do {
        outcome = .success(
          try await body(PythonConversation(input: execution.standardInputWriter, lines: lines)))
      } catch {
        outcome = .failure(error)
      }
      try await execution.standardInputWriter.finish()
      try await reader.value
      return outcome
    }
    guard result.terminationStatus.isSuccess else {
      throw Failure.failed(script: script, errors: result.standardError)
    }
    return try result.closureResult.get()
  }
}

extension String {
  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, isDropped(last) { text.removeLast() }
    return String(text)
  }
}
