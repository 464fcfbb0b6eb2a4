import Foundation
import Testing

@testable import CodegenCore

/// What `make contracts-check` finds, and that it agrees with a peer: `buf breaking` at WIRE_JSON.
@Suite struct ContractChecksTests {
  @Test("buf and we let it pass", arguments: ContractChange.allowed)
  func allowed(change: ContractChange) async throws {
    let comparison = try await ContractComparison.shared.value
    #expect(comparison.bufRules(change) == [])
    #expect(try comparison.breaks(change) == [])
  }

  @Test("buf and we find that it breaks someone", arguments: ContractChange.breaking)
  func breaking(change: ContractChange) async throws {
    let comparison = try await ContractComparison.shared.value
    #expect(comparison.bufRules(change) != [])
    let findings = try comparison.breaks(change)
    #expect(!findings.isEmpty)
    for finding in findings { expectWhole(finding) }
  }

  @Test(
    "we find what buf cannot see", arguments: ContractChange.beyond + ContractChange.stricterRules)
  func beyond(change: ContractChange) async throws {
    let comparison = try await ContractComparison.shared.value
    #expect(comparison.bufRules(change) == [])
    let findings = try comparison.breaks(change)
    #expect(!findings.isEmpty)
    for finding in findings { expectWhole(finding) }
  }

  @Test(
    "what is added or admitted breaks nobody",
    arguments: ContractChange.additions + ContractChange.looserRules)
  func additions(change: ContractChange) async throws {
    let comparison = try await ContractComparison.shared.value
    #expect(try comparison.breaks(change) == [])
    #expect(try comparison.violations(change) == [])
  }

  @Test("the style is kept", arguments: ContractChange.style)
  func style(change: ContractChange) async throws {
    let comparison = try await ContractComparison.shared.value
    let findings = try comparison.violations(change)
    #expect(findings.count == 1)
    #expect(findings.allSatisfy { $0.line > 0 && !$0.rule.isEmpty && !$0.remedy.isEmpty })
  }

  @Test func theContractItselfIsWithoutFindings() async throws {
    #expect(try await ContractComparison.shared.value.findingsOfNoChange() == [])
  }

  @Test func thereAreEnoughChanges() {
    #expect(ContractChange.allowed.count + ContractChange.breaking.count >= 40)
    let titles = ContractComparison.changes.map(\.title)
    #expect(Set(titles).count == titles.count)
  }

  /// `UPDATE_GOLDEN=1` rewrites the file.
  @Test("the sentences are those of Contracts/findings.txt")
  func sentences() async throws {
    let comparison = try await ContractComparison.shared.value
    var text = ""
    for change in ContractChange.breaking + ContractChange.beyond + ContractChange.stricterRules {
      let findings = try comparison.breaks(change).map { "  \($0)\n" }
      text += "\(change.title)\n\(findings.joined())"
    }
    for change in ContractChange.style {
      let findings = try comparison.violations(change).map { "  \($0)\n" }
      text += "\(change.title)\n\(findings.joined())"
    }
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Contracts/findings.txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    let expected = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let lines = text.split(separator: "\n")
    for (line, wanted) in zip(lines, expected) where line != wanted {
      Issue.record("\"\(line)\", expected \"\(wanted)\"")
    }
    #expect(lines.count == expected.count)
  }

  /// A finding says where, what, whom it breaks and what to do.
  private func expectWhole(_ finding: Diagnostic) {
    #expect(finding.line > 0)
    #expect(finding.affected.hasPrefix("breaks "))
    #expect(!finding.remedy.isEmpty)
  }
}
