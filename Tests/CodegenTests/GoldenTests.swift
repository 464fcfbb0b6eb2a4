import Foundation
import Testing

/// What the generator writes is committed, one idea a folder; a change of it is a change to review.
///
/// That it is the same in every process, whose hashes differ, says as well that the same request gives the same bytes.
///
/// `UPDATE_GOLDEN=1` rewrites what is expected; codegen/capture-goldens.sh rewrites what is given.
@Suite struct GoldenTests {
  @Test(arguments: GoldenCase.all)
  func answersAsExpected(golden: GoldenCase) throws {
    let generated = try golden.generated()
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try golden.update(to: generated)
    }
    let expected = try golden.expected()
    #expect(generated.keys.sorted() == expected.keys.sorted())
    for (path, text) in generated {
      if let difference = firstDifference(text, expected[path] ?? "") {
        Issue.record("\(golden.name)/expected/\(path): \(difference); UPDATE_GOLDEN=1 rewrites it")
      }
    }
  }

  @Test func thereAreCases() {
    #expect(GoldenCase.all.count >= 40)
  }

  @Test("a name says whether the contract is refused", arguments: GoldenCase.all)
  func refusedCasesAreRefused(golden: GoldenCase) throws {
    let isRefused = try golden.expected()["error.txt"] != nil
    #expect(isRefused == golden.name.hasPrefix("refused_"))
  }

  @Test func generatedLinesAreShort() throws {
    for golden in GoldenCase.all {
      for (path, text) in try golden.expected() where path.hasSuffix(".swift") {
        for line in text.split(separator: "\n") where line.count > 100 {
          Issue.record("\(golden.name)/\(path): \(line)")
        }
      }
    }
  }

  private func firstDifference(_ generated: String, _ expected: String) -> String? {
    guard generated != expected else { return nil }
    let left = generated.split(separator: "\n", omittingEmptySubsequences: false)
    let right = expected.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, (one, other)) in zip(left, right).enumerated() where one != other {
      return "line \(index + 1) is \"\(one)\", expected \"\(other)\""
    }
    return "\(left.count) lines, expected \(right.count)"
  }
}
