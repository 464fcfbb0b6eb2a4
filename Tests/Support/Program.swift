import Foundation
import Subprocess
import SystemPackage

/// A program of the platform, run to its end as a person would.
public struct Program {
  /// The built programs lie beside the tests.
  public static var folder: String {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
  }

  /// What a run left.
  public struct Outcome: Sendable {
    /// The exit code; nil if a signal ended it.
    public let exitCode: Int32?
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String
  }

  /// Runs a program of this package, or any other by its absolute path.
  ///
  /// - Parameter folder: where it runs, and may leave things behind; nil for here.
  public static func run(
    _ name: String, _ arguments: [String], environment: [String: String] = [:],
    in folder: String? = nil
  ) async throws -> Outcome {
    let variables = environment.reduce(into: [Environment.Key: String?]()) {
      $0[Environment.Key(stringLiteral: $1.key)] = $1.value
    }
    let result = try await Subprocess.run(
      .path(FilePath(name.hasPrefix("/") ? name : "\(Self.folder)/\(name)")),
      arguments: Arguments(arguments),
      environment: .inherit.updating(variables),
      workingDirectory: folder.map { FilePath($0) }, output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    let code: Int32? = if case .exited(let code) = result.terminationStatus { code } else { nil }
    return Outcome(exitCode: code, output: result.standardOutput, errors: result.standardError)
  }
}
