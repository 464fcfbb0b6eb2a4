import Core
import Protobuf
import Testing
import TestingContract

/// Every rule of `alphintra.testing.v1.Ruled`, kept and broken.
@Suite("Rules of fields") struct RulesTests {
  /// A message that keeps every rule.
  static func good() -> TestingV1.Ruled {
    .with {
      $0.name = "Ada"
      $0.trump = .hearts
      $0.since = Google.Timestamp(seconds: 1)
      $0.agreed = false
      $0.symbols = ["A"]
      $0.way = .byNumber(0)
    }
  }

  /// A change of the good message, and what it breaks: nothing, or `field REASON description`.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let broken: [String]
    let change: @Sendable (inout TestingV1.Ruled) throws -> Void

    init(
      _ name: String, _ broken: String...,
      change: @escaping @Sendable (inout TestingV1.Ruled) throws -> Void
    ) {
      testDescription = name
      self.broken = broken
      self.change = change
    }
  }

  static let texts: [Case] = [
    Case("nothing") { _ in },
    Case("shortest") { $0.name = "ab" },
    Case("longest") { $0.name = "abcde" },
    Case("longest in scalars of four bytes") {
      $0.name = "\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}"
    },
    Case("unset", "name REQUIRED must be stated") { $0.name = "" },
    Case("too short", "name TOO_SHORT must have 2 to 5 characters, got 1") {
      $0.name = "\u{1F600}"
    },
    Case("too long", "name TOO_LONG must have 2 to 5 characters, got 6") { $0.name = "abcdef" },
    // One character to the eye, seven scalars.
    Case("a family is many scalars", "name TOO_LONG must have 2 to 5 characters, got 7") {
      $0.name = "👨‍👩‍👧‍👦"
    },
    Case("of the form") { $0.code = "ABC-12" },
    Case("not of the form", #"code MALFORMED must match [A-Z]{3}(-\d{2})?, got "abc""#) {
      $0.code = "abc"
    },
    Case(
      "a long value is cut",
      #"code MALFORMED must match [A-Z]{3}(-\d{2})?, got "\#(String(repeating: "x", count: 64))…""#
    ) { $0.code = String(repeating: "x", count: 10_000) },
    Case(
      "a letter with very many marks is cut, too",
      #"code MALFORMED must match [A-Z]{3}(-\d{2})?, got "\#("e" + String(repeating: "\u{301}", count: 63))…""#
    ) { $0.code = "e" + String(repeating: "\u{301}", count: 10_000) },
    Case("optional, unset") { $0.note = nil },
    Case("optional, set", "note TOO_SHORT must have at least 1 character, got 0") { $0.note = "" },
    Case("a secret is not repeated", "secret MALFORMED must match [a-z]+") {
      $0.secret = "S3cret"
    },
    Case("bytes") { $0.blob = [1, 2] },
    Case("too few bytes", "blob TOO_SHORT must have 2 to 4 bytes, got 1") { $0.blob = [1] },
    Case("too many bytes", "blob TOO_LONG must have 2 to 4 bytes, got 5") {
      $0.blob = [1, 2, 3, 4, 5]
    },
  ]

  static let numbers: [Case] = [
    Case("least") { $0.count = 0 },
    Case("greatest") { $0.count = 99 },
    Case("below", "count OUT_OF_RANGE must be at least 0 and less than 100, got -1") {
      $0.count = -1
    },
    Case("above", "count OUT_OF_RANGE must be at least 0 and less than 100, got 100") {
      $0.count = 100
    },
    Case("optional, unset") { $0.step = nil },
    Case("optional, set to 0", "step OUT_OF_RANGE must be greater than 0, got 0") { $0.step = 0 },
    Case("a bound of 64 bits") { $0.large = .max - 1 },
    Case(
      "one more",
      "large OUT_OF_RANGE must be at most 18446744073709551614, got 18446744073709551615"
    ) { $0.large = .max },
    Case("a fraction") { $0.ratio = 1.5 },
    Case("the open bound", "ratio OUT_OF_RANGE must be greater than -1.5 and at most 1.5, got -1.5")
    { $0.ratio = -1.5 },
    Case("no number", "ratio OUT_OF_RANGE must be greater than -1.5 and at most 1.5, got nan") {
      $0.ratio = .nan
    },
    Case("infinite", "ratio OUT_OF_RANGE must be greater than -1.5 and at most 1.5, got inf") {
      $0.ratio = .infinity
    },
    Case("a decimal") { $0.price = try Decimal("0.01") },
    Case("zeros behind the point need no digits") { $0.price = try Decimal("1.100") },
    Case("a decimal of 0", "price OUT_OF_RANGE must be greater than 0, got 0") { $0.price = .zero },
    Case(
      "too many digits", "price TOO_PRECISE must have at most 2 digits behind the point, got 1.001"
    ) { $0.price = try Decimal("1.001") },
    Case("a whole number") { $0.whole = 1000 },
    Case("a bound with digits", "whole OUT_OF_RANGE must be at least -0.5 and at most 1000, got -1")
    {
      $0.whole = -1
    },
    Case("not whole", "whole TOO_PRECISE must have at most 0 digits behind the point, got 0.5") {
      $0.whole = try Decimal("0.5")
    },
  ]

  static let others: [Case] = [
    Case("a number that is named") { $0.suit = .spades },
    Case(
      "a number that is not named",
      "suit UNKNOWN must be a value of alphintra.testing.v1.Ruled.Suit, got 9"
    ) { $0.suit = TestingV1.Ruled.Suit(rawValue: 9) },
    Case("unspecified", "trump REQUIRED must be stated") { $0.trump = .unspecified },
    Case("an unnamed number says something") { $0.trump = TestingV1.Ruled.Suit(rawValue: 9) },
    Case("no message", "since REQUIRED must be stated") { $0.since = nil },
    Case("no bool", "agreed REQUIRED must be stated") { $0.agreed = nil },
    Case("none of a oneof", "way REQUIRED must be stated") { $0.way = nil },
    Case("a member with a rule") { $0.way = .byName("abc") },
    Case("a member is set, even to the empty text") { $0.way = .byName("") },
    Case("a member breaks a rule", "by_name TOO_LONG must have at most 3 characters, got 4") {
      $0.way = .byName("abcd")
    },
    Case("a member's field", "by_leg.quantity REQUIRED must be stated") {
      $0.way = .byLeg(TestingV1.Leg())
    },
    Case("a message inside keeps the rules") { $0.inner = good() },
    Case("a message inside", "inner.name REQUIRED must be stated") {
      $0.inner = good()
      $0.inner?.name = ""
    },
    Case(
      "a message inside one inside",
      "inner.inner.count OUT_OF_RANGE must be at least 0 and less than 100, got 100"
    ) {
      $0.inner = good()
      $0.inner?.inner = good()
      $0.inner?.inner?.count = 100
    },
  ]

  static let entries: [Case] = [
    Case("fewest and most") { $0.symbols = ["A", "B", "C"] },
    Case("too few", "symbols TOO_FEW must have 1 to 3 entries, got 0") { $0.symbols = [] },
    Case("too many are not looked at", "symbols TOO_MANY must have 1 to 3 entries, got 4") {
      $0.symbols = ["a", "a", "a", "a"]
    },
    Case("an entry", #"symbols[1] MALFORMED must match [A-Z]+, got """#) {
      $0.symbols = ["A", ""]
    },
    Case("twice", #"symbols[2] DUPLICATE must not come twice, got "A""#) {
      $0.symbols = ["A", "B", "A"]
    },
    Case("enums") { $0.suits = [.hearts, .hearts] },
    Case("an enum of 0", "suits[1] REQUIRED must be stated") {
      $0.suits = [.hearts, .unspecified]
    },
    Case(
      "an unknown enum",
      "suits[0] UNKNOWN must be a value of alphintra.testing.v1.Ruled.Suit, got 7"
    ) { $0.suits = [TestingV1.Ruled.Suit(rawValue: 7)] },
    Case("messages", "legs[1].quantity OUT_OF_RANGE must be greater than 0, got -1") {
      $0.legs = [.with { $0.quantity = 1 }, .with { $0.quantity = -1 }]
    },
    Case("decimals that look different", "steps[1] DUPLICATE must not come twice, got 1.5") {
      $0.steps = [try Decimal("1.5"), try Decimal("1.50")]
    },
    Case("a map") { $0.labels = ["a": "", "b": "xyz"] },
    Case("a key", #"labels["A"] MALFORMED must match [a-z]+, got "A""#) { $0.labels = ["A": "x"] },
    Case("a value", #"labels["a"] TOO_LONG must have at most 3 characters, got 4"#) {
      $0.labels = ["a": "wxyz"]
    },
    Case("too many entries", "labels TOO_MANY must have at most 2 entries, got 3") {
      $0.labels = ["a": "wxyz", "b": "", "c": ""]
    },
    Case(
      "keys and messages of a map", "leg_by_number[-1] OUT_OF_RANGE must be greater than 0, got -1",
      "leg_by_number[2].quantity REQUIRED must be stated"
    ) { $0.legByNumber = [-1: .with { $0.quantity = 1 }, 2: TestingV1.Leg()] },
  ]

  @Test("a rule is kept or named with the field and the value", arguments: texts + numbers)
  func values(rule: Case) throws { try check(rule) }

  @Test("so are the rules of enums, messages, lists and maps", arguments: others + entries)
  func composites(rule: Case) throws { try check(rule) }

  private func check(_ rule: Case) throws {
    var message = Self.good()
    try rule.change(&message)
    let violations = message.ruleViolations()
    #expect(
      violations.described.map { "\($0.field) \($0.reason.rawValue) \($0.description)" }
        == rule.broken)
    #expect(violations.isEmpty == rule.broken.isEmpty)
    #expect(violations.omitted == 0)
  }

  @Test("all that is wrong is told at once, in the order of the contract")
  func allAtOnce() {
    let violations = TestingV1.Ruled.with {
      $0.count = -1
      $0.symbols = ["a", "b"]
    }.ruleViolations()
    #expect(
      violations.described.map(\.field) == [
        "name", "count", "trump", "since", "agreed", "symbols[0]", "symbols[1]", "way",
      ])
  }

  @Test("beyond a limit violations are counted only")
  func limit() {
    let message = TestingV1.Ruled.with {
      $0 = Self.good()
      $0.legs = Array(repeating: TestingV1.Leg(), count: 100)
    }
    let violations = message.ruleViolations()
    #expect(violations.described.count == Violations.limit)
    #expect(violations.omitted == 100 - Violations.limit)
    #expect(violations.described.last?.field == "legs[31].quantity")
  }

  @Test("a message without rules breaks none")
  func unruled() {
    #expect(TestingV1.EchoRequest().ruleViolations().isEmpty)
    #expect(Google.Timestamp().ruleViolations().isEmpty)
  }
}
