import Foundation
import ProtobufC
import Subprocess
import SystemPackage
import TestSupport

@testable import CodegenCore

/// The library's contract with every change applied, once for all tests: protoc and buf are asked once
/// each.
///
/// Each change stands in a package of its own (`alphintra.case7.v1` is the seventh), so that one pair
/// of descriptor sets holds them all.
struct ContractComparison: Sendable {
  /// The changes in the order of their numbers.
  static let changes =
    ContractChange.allowed + ContractChange.breaking + ContractChange.beyond
    + ContractChange.stricterRules + ContractChange.additions + ContractChange.looserRules
    + ContractChange.style

  /// Both sets and buf's findings; made when the first test asks.
  static let shared = Task { try await ContractComparison() }

  private let before: FileDescriptorSet
  private let after: FileDescriptorSet
  /// The WIRE_JSON rules that `buf breaking` finds broken, by the number of the change.
  private let bufRules: [Int: Set<String>]

  private init() async throws {
    let folder = try TemporaryFolder()
    var sources: (before: [String: String], after: [String: String]) = ([:], [:])
    for (number, change) in ContractComparison.changes.enumerated() {
      func numbered(_ text: String) -> String {
        text.replacing("alphintra/library", with: "alphintra/case\(number)")
          .replacing("alphintra.library", with: "alphintra.case\(number)")
      }
      sources.before[numbered(ContractChange.file)] = numbered(ContractChange.base)
      for (path, text) in try change.contracts() { sources.after[numbered(path)] = numbered(text) }
    }
    let before = try await ContractComparison.describe(sources.before, "before", in: folder)
    let after = try await ContractComparison.describe(sources.after, "after", in: folder)
    self.before = try FileDescriptorSet(
      serialized: [UInt8](Data(contentsOf: URL(filePath: before))))
    self.after = try FileDescriptorSet(serialized: [UInt8](Data(contentsOf: URL(filePath: after))))
    bufRules = try await ContractComparison.buf(before, after)
  }

  /// What `buf breaking` finds at WIRE_JSON.
  func bufRules(_ change: ContractChange) -> Set<String> {
    bufRules[number(of: change)] ?? []
  }

  /// What our comparison finds.
  func breaks(_ change: ContractChange) throws -> [Diagnostic] {
    let diagnostics = Diagnostics()
    Compatibility(
      from: try contracts(before, change), to: try contracts(after, change), diagnostics
    ).check()
    return named(diagnostics)
  }

  /// What our style check finds.
  func violations(_ change: ContractChange) throws -> [Diagnostic] {
    let diagnostics = Diagnostics()
    ContractLint(try contracts(after, change), diagnostics).check()
    return named(diagnostics)
  }

  /// The whole check of the contract before any change.
  func findingsOfNoChange() throws -> [Diagnostic] {
    let change = ContractComparison.changes[0]
    return try ContractCheck.findings(in: set(after, change), since: set(before, change))
  }

  private func number(of change: ContractChange) -> Int {
    ContractComparison.changes.firstIndex { $0.title == change.title } ?? -1
  }

  /// The files of one change with all they import.
  private func set(_ set: FileDescriptorSet, _ change: ContractChange) -> FileDescriptorSet {
    let own = "alphintra/case\(number(of: change))/"
    return FileDescriptorSet(
      files: set.files.filter {
        !$0.name.hasPrefix("alphintra/case") || $0.name.hasPrefix(own)
      })
  }

  private func contracts(_ set: FileDescriptorSet, _ change: ContractChange) throws -> ContractSet {
    try ContractSet(self.set(set, change).files)
  }

  /// The findings under the library's own name.
  private func named(_ diagnostics: Diagnostics) -> [Diagnostic] {
    Set(diagnostics.all).sorted().map { finding in
      var finding = finding
      let number = /case[0-9]+/
      finding.file = finding.file.replacing(number, with: "library")
      finding.rule = finding.rule.replacing(number, with: "library")
      finding.affected = finding.affected.replacing(number, with: "library")
      finding.remedy = finding.remedy.replacing(number, with: "library")
      return finding
    }
  }

  private static func describe(
    _ sources: [String: String], _ name: String, in folder: TemporaryFolder
  ) async throws -> String {
    let root = "\(folder.path)/\(name)"
    for (path, text) in sources {
      let file = URL(filePath: "\(root)/\(path)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let set = "\(folder.path)/\(name).binpb"
    let result = try await Subprocess.run(
      .name("protoc"),
      arguments: Arguments(
        [
          "-I\(root)", "-I\(PythonPeer.repository)/protos", "--include_imports",
          "--include_source_info", "-o", set,
        ] + sources.keys.sorted()),
      output: .discarded, error: .string(limit: 1 << 20))
    guard result.terminationStatus.isSuccess else {
      throw ContractChange.Failure.peer(result.standardError)
    }
    return set
  }

  /// The rules that buf finds broken, by the number in the finding's path.
  private static func buf(_ before: String, _ after: String) async throws -> [Int: Set<String>] {
    struct Finding: Decodable {
      let path: String
      let type: String
    }
    let result = try await Subprocess.run(
      .path(FilePath(try PythonPeer.program("buf"))),
      arguments: [
        "breaking", after, "--against", before, "--error-format", "json", "--config",
        #"{"version": "v2", "breaking": {"use": ["WIRE_JSON"]}}"#,
      ],
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    // 100 says that there are findings.
    guard result.terminationStatus == .exited(100) else {
      throw ContractChange.Failure.peer("buf: \(result.standardError)")
    }
    var rules: [Int: Set<String>] = [:]
    for line in result.standardOutput.split(separator: "\n") {
      let finding = try JSONDecoder().decode(Finding.self, from: Data(line.utf8))
      guard let match = finding.path.firstMatch(of: /case([0-9]+)\//), let number = Int(match.1)
      else {
        throw ContractChange.Failure.peer("buf names no change: \(line)")
      }
      rules[number, default: []].insert(finding.type)
    }
    return rules
  }
}
