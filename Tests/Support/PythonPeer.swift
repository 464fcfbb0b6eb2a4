import Foundation
import Subprocess
import SystemPackage

/// Runs a script of `Tests/Support/python` with the Python that `make setup` prepared.
public enum PythonPeer {
  /// The most a script may write.
  public static let outputLimit = 256 << 20

  /// The root of the repository.
  public static var repository: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
  }

  /// The interpreter: `ALPHINTRA_PYTHON`, or the one of `make setup`.
  public static func interpreter() throws -> String {
    let path =
      ProcessInfo.processInfo.environment["ALPHINTRA_PYTHON"]
      ?? "\(repository)/.build/python/bin/python"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw PeerFailure.notSetUp(path: path)
    }
    return path
  }

  /// A program that came with one of the packages, such as `buf`.
  public static func program(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: try interpreter()).deletingLastPathComponent()
    let path = folder.appending(path: name).path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw PeerFailure.notSetUp(path: path)
    }
    return path
  }

  /// What the script writes when given `input`; throws unless it exits with zero.
  public static func run(
    script: String, arguments: [String] = [], input: [UInt8]
  ) async throws -> [UInt8] {
    let result = try await Subprocess.run(
      .path(FilePath(try interpreter())),
      arguments: Arguments(["\(repository)/Tests/Support/python/\(script)"] + arguments),
      input: .array(input), output: .bytes(limit: outputLimit), error: .string(limit: 1 << 20))
    guard result.terminationStatus.isSuccess else {
      throw PeerFailure.failed(program: script, errors: result.standardError)
    }
    return result.standardOutput
  }
}

extension PythonPeer {
  /// Talks to a script for the length of a closure; the end of its input tells the script to end.
  ///
  /// - Throws: ``PeerFailure/failed(program:errors:)`` unless it exits with zero, else what `body` throws.
  public static func talk<R: Sendable>(
    to script: String, arguments: [String], _ body: (Conversation) async throws -> R
  ) async throws -> R {
    try await Conversation.hold(
      with: try interpreter(), ["\(repository)/Tests/Support/python/\(script)"] + arguments, body)
  }
}
