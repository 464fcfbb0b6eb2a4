import Foundation
import Subprocess
import SystemPackage

/// Runs a script of `Tests/Support/python` with the Python that `make setup` prepared.
public enum PythonPeer {
  /// Why a script has no output.
  public enum Failure: Error, CustomStringConvertible {
    /// There is no interpreter with the packages of `requirements.txt`.
    case notSetUp(path: String)
    /// The script failed; carries what it said.
    case failed(script: String, errors: String)

    /// What happened and what to do.
    public var description: String {
      switch self {
      case .notSetUp(let path): "there is no \(path): run `make setup`"
      case .failed(let script, let errors): "\(script) failed: \(errors)"
      }
    }
  }

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
      throw Failure.notSetUp(path: path)
    }
    return path
  }

  /// A program that came with one of the packages, such as `buf`.
  public static func program(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: try interpreter()).deletingLastPathComponent()
    let path = folder.appending(path: name).path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Failure.notSetUp(path: path)
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
      throw Failure.failed(script: script, errors: result.standardError)
    }
    return result.standardOutput
  }
}
