import Foundation
import Patterns
import TestSupport
import Testing

@Suite("Patterns") struct PatternTests {
  /// A pattern, texts that match it, and texts that do not.
  static let cases: [(pattern: String, matching: [String], others: [String])] = [
    ("a", ["a"], ["", "b", "aa", "A"]),
    ("ab", ["ab"], ["a", "b", "abc", "ba"]),
    ("a|bc", ["a", "bc"], ["", "abc", "b"]),
    ("a|", ["a", ""], ["b"]),
    ("()", [""], ["a"]),
    ("(?:ab)+", ["ab", "abab"], ["", "aba"]),
    ("a*", ["", "a", "aaaa"], ["b", "ab"]),
    ("a+", ["a", "aa"], [""]),
    ("a?b", ["b", "ab"], ["aab"]),
    ("a{2}", ["aa"], ["a", "aaa"]),
    ("a{2,}", ["aa", "aaaaa"], ["a"]),
    ("a{1,3}", ["a", "aa", "aaa"], ["", "aaaa"]),
    ("a{0}", [""], ["a"]),
    ("(a{0,2}b){2}", ["bb", "aabab"], ["b", "aaabb"]),
    ("(a*)*", ["", "aaa"], ["b"]),
    (".", ["a", "é", "日", "\u{1F600}", " "], ["", "\n", "\r", "\u{2028}", "ab"]),
    ("[a-c]", ["a", "b", "c"], ["d", "-", "ab"]),
    ("[^a-c]", ["d", "日", "\n"], ["a", ""]),
    ("[-a]", ["-", "a"], ["b"]),
    ("[a-]", ["-", "a"], ["b"]),
    ("[a\\-c]", ["a", "-", "c"], ["b"]),
    ("[\\]\\\\]", ["]", "\\"], ["["]),
    ("[.*+?|(){}^$]", [".", "*", "^", "$", "{"], ["a"]),
    ("\\.\\*\\(\\)\\[\\]\\{\\}\\\\\\/", [".*()[]{}\\/"], ["a"]),
    ("\\d{4}-\\d\\d", ["2026-10"], ["２０２６-10", "2026-1"]),
    ("\\w+", ["Az_09"], ["é", "a-b"]),
    ("\\x41\\u{1F600}", ["A\u{1F600}"], ["A"]),
    ("[\\x00-\\x1f]", ["\u{0}", "\n"], [" "]),
    ("\\t\\n\\r", ["\t\n\r"], ["tnr"]),
    ("[!-~]{1,64}", ["x", "a!~", String(repeating: "z", count: 64)], ["", "a b", "ü"]),
    ("日本?", ["日", "日本"], ["本"]),
    // A letter and its mark are two scalars, whatever they look like together.
    ("e.", ["e\u{301}"], ["é"]),
    ("[A-Z]{3}(-[0-9]{2})?", ["ABC", "ABC-12"], ["ABC-", "ABC-123", "AB"]),
  ]

  @Test("the whole text matches or it does not", arguments: cases)
  func matches(pattern: String, matching: [String], others: [String]) throws {
    let pattern = try Pattern(pattern)
    for text in matching { #expect(pattern.matches(text), "\(pattern.text) and \"\(text)\"") }
    for text in others { #expect(!pattern.matches(text), "\(pattern.text) and \"\(text)\"") }
  }

  /// A pattern, an earlier one, and a shortest text that only the earlier one matches.
  static let missed: [(pattern: String, earlier: String, text: String?)] = [
    ("a", "a", nil), ("a", "b", "b"), ("a|b", "b", nil), ("[a-c]{2,4}", "(ab|ca)+", "ababab"),
    ("[A-Z]{1,12}", "[A-Z0-9.-]{1,12}", "0"), ("[A-Z0-9.-]{1,12}", "[A-Z]{1,12}", nil),
    ("[A-Z0-9.-]{1,10}", "[A-Z0-9.-]{1,12}", "AAAAAAAAAAA"), ("(aa)*", "a*", "a"),
    ("a*", "(aa)*", nil), ("a+", "a*", ""), ("[^b]", "[^a]", "b"), ("[a-z]", ".", "A"),
    (".*", "[^a]*", "\n"), ("(.|\\n|\\r|[\\u{2028}\\u{2029}])*", "[^a]*", nil),
    ("[^日]", "\\u{65E5}", "日"), ("[\\x00-\\x7f]", "[^b]", "\u{80}"),
    ("[\\x00-\\u{D7FF}]", "[^b]", "\u{E000}"),
  ]

  @Test("what an earlier pattern matched is found", arguments: missed)
  func textMissed(pattern: String, earlier: String, text: String?) throws {
    #expect(try Pattern(pattern).textMissed(of: Pattern(earlier)) == text)
  }

  @Test func theEmptyTextIsLeftOutIfItDoesNotCount() throws {
    let some = try Pattern("a+")
    let any = try Pattern("a*")
    #expect(some.textMissed(of: any, isEmptyLeftOut: true) == nil)
    #expect(try Pattern("b+").textMissed(of: any, isEmptyLeftOut: true) == "a")
  }

  @Test(
    "what is no pattern is refused, with the place",
    arguments: [
      ("", 0, "empty"), ("^a", 0, "whole text"), ("a$", 1, "whole text"), ("(a", 2, "ends with"),
      ("a)", 1, "closes no group"), ("[a", 2, "ends with"), ("[]", 2, "member"),
      ("[[]", 1, "written"), ("[b-a]", 4, "later"), ("[a-\\d]", 5, "later"),
      ("a**", 2, "follows a repetition"), ("a+?", 2, "follows a repetition"),
      ("a{2}{3}", 4, "follows a repetition"), ("*", 0, "repeats"), ("a|*", 2, "repeats"),
      ("{", 0, "repeats"), ("a{", 2, "{n}"), ("a{,2}", 2, "{n}"), ("a{2", 3, "{n}"),
      ("a{3,2}", 6, "before it begins"), ("a{1001}", 6, "at most 1000"),
      ("(?=a)", 2, "looking"), ("(?<n>a)", 2, "looking"), ("\\1", 2, "there is no"),
      ("\\p{L}", 2, "there is no"), ("\\b", 2, "there is no"), ("\\-", 2, "there is no"),
      ("\\", 1, "followed"), ("\\x4", 3, "hexadecimal"), ("\\u{110000}", 9, "scalar"),
      ("\\u{D800}", 7, "scalar"), ("\\u0041", 2, "\\u{"),
      (String(repeating: "(", count: 33), 32, "deep"),
      ("(a{1000}){1000}", 0, "2000 steps"), ("(a|b)*a(a|b){12}", 0, "1024 states"),
    ])
  func refusals(text: String, offset: Int, words: String) {
    let error = #expect(throws: PatternError.self) { try Pattern(text) }
    #expect(error?.offset == offset, "\(text): \(String(describing: error))")
    #expect(error?.rule.contains(words) == true, "\(text): \(String(describing: error))")
  }

  @Test("patterns that take a backtracking matcher for ever take one step a character")
  func noBacktracking() throws {
    let long = String(repeating: "a", count: 100_000)
    for text in ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(a+)+b", "a*a*a*a*a*a*b"] {
      let pattern = try Pattern(text)
      #expect(!pattern.matches(long))
      #expect(pattern.matches(long + "b"))
    }
  }

  @Test("random patterns agree with Foundation's regular expressions on random texts")
  func agreesWithFoundation() throws {
    var random = SeededGenerator(seed: 7)
    var agreed = (matches: 0, others: 0)
    for _ in 0..<400 {
      let text = Self.pattern(depth: 3, &random)
      let pattern = try Pattern(text)
      let peer = try NSRegularExpression(pattern: "\\A(?:\(text))\\z")
      for _ in 0..<20 {
        let length = Int.random(in: 0...6, using: &random)
        let sample = String((0..<length).map { _ in "abc".randomElement(using: &random) ?? "a" })
        let range = NSRange(location: 0, length: sample.utf16.count)
        let expected = peer.firstMatch(in: sample, range: range) != nil
        #expect(pattern.matches(sample) == expected, "\(text) and \"\(sample)\"")
        if expected { agreed.matches += 1 } else { agreed.others += 1 }
      }
    }
    #expect(agreed.matches > 500 && agreed.others > 500)
  }

  private static func pattern(depth: Int, _ random: inout SeededGenerator) -> String {
    let atoms = ["a", "b", "c", ".", "[ab]", "[^a]", "\\w"]
    guard depth > 0 else { return atoms.randomElement(using: &random) ?? "a" }
    let inner = pattern(depth: depth - 1, &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return inner + pattern(depth: depth - 1, &random)
    case 1: return "(\(inner)|\(pattern(depth: depth - 1, &random)))"
    case 2: return "(?:\(inner))*"
    case 3: return "(\(inner))+"
    case 4: return "(\(inner))?"
    default: return "(\(inner)){1,2}"
    }
  }
}
