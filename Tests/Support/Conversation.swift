import Foundation
import Subprocess
import SystemPackage

/// A program that is talked to, line by line.
public struct Conversation: Sendable {
  /// The process, for signals while the conversation is held.
  public let processID: Int32
  private let input: StandardInputWriter
  private let lines: AsyncStream<String>

  private init(processID: Int32, input: StandardInputWriter, lines: AsyncStream<String>) {
    self.processID = processID
    self.input = input
    self.lines = lines
  }

  /// Writes a line to the program.
  public func send(_ line: String) async throws {
    _ = try await input.write(line + "\n")
  }

  /// The next line that the program writes; nil when it has ended.
  ///
  /// One task reads at a time.
  public func next() async -> String? {
    for await line in lines { return line }
    return nil
  }

  /// Runs a program for the length of a closure; the end of its input tells it to end.
  ///
  /// One that does not look at its input must be ended by `body`.
  ///
  /// - Throws: ``PeerFailure/failed(program:errors:)`` unless it exits with zero, else what `body` throws.
  public static func hold<R: Sendable>(
    with program: String, _ arguments: [String], _ body: (Conversation) async throws -> R
  ) async throws -> R {
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw PeerFailure.notSetUp(path: program)
    }
    let result = try await Subprocess.run(
      .path(FilePath(program)), arguments: Arguments(arguments),
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
          try await body(
            Conversation(
              processID: execution.processIdentifier.value, input: execution.standardInputWriter,
              lines: lines)))
      } catch {
        outcome = .failure(error)
      }
      try await execution.standardInputWriter.finish()
      try await reader.value
      return outcome
    }
    guard result.terminationStatus.isSuccess else {
      let name = ([program] + arguments).prefix(2).joined(separator: " ")
      throw PeerFailure.failed(program: name, errors: result.standardError)
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
