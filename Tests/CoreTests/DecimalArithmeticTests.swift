import Core
import TestSupport
import Testing

@Suite struct DecimalArithmeticTests {
  @Test func `sums agree with the twin and overflow into an error`() throws {
    var random = SeededGenerator(seed: 3)
    var overflows = 0
    for _ in 0..<20_000 {
      let (left, right) = (random.anyDecimalText(), random.anyDecimalText())
      let (a, b) = (try Decimal(left), try Decimal(right))
      let expected = SchoolNumber(left) + SchoolNumber(right)
      if expected.isInRange {
        #expect(a + b == (try Decimal(expected.text)))
        #expect(try a.adding(b).description == expected.text)
        #expect((a - (-b)).description == expected.text)
        #expect(try a.subtracting(-b).description == expected.text)
      } else {
        overflows += 1
        #expect(throws: DecimalError.overflow) { try a.adding(b) }
        #expect(throws: DecimalError.overflow) { try a.subtracting(-b) }
        #expect(a.addingReportingOverflow(b).overflow)
      }
    }
    #expect(overflows > 100)
  }

  @Test func `products agree with the twin`() throws {
    var random = SeededGenerator(seed: 4)
    var (overflows, inexact) = (0, 0)
    for _ in 0..<10_000 {
      let small = Bool.random(using: &random)
      let left = small ? random.shortDecimalText() : random.anyDecimalText()
      let right = small ? random.shortDecimalText() : random.anyDecimalText()
      let (a, b) = (try Decimal(left), try Decimal(right))
      let exact = SchoolNumber(left) * SchoolNumber(right)
      let rule = random.roundingRule()
      let rounded = exact.rounded(scale: Decimal.fractionDigits, rule)
      #expect(
        outcome { () throws(DecimalError) in try a.multiplied(by: b, rounding: rule) }
          == expectation(rounded), "\(a) × \(b) \(rule)")
      let truncated = exact.rounded(scale: Decimal.fractionDigits, .towardZero)
      if !truncated.isInRange {
        overflows += 1
        #expect(throws: DecimalError.overflow) { try a.multiplied(by: b) }
      } else if truncated.text != exact.text {
        inexact += 1
        #expect(throws: DecimalError.inexact) { try a.multiplied(by: b) }
      } else {
        #expect(try a.multiplied(by: b).description == exact.text)
      }
    }
    #expect(overflows > 100)
    #expect(inexact > 100)
  }

  @Test func `quotients agree with the twin`() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<10_000 {
      let (left, right) = (random.anyDecimalText(), random.anyDecimalText())
      let (a, b) = (try Decimal(left), try Decimal(right))
      let rule = random.roundingRule()
      let scale = Int.random(in: 0...Decimal.fractionDigits, using: &random)
      guard !b.isZero else {
        #expect(throws: DecimalError.divisionByZero) {
          try a.divided(by: b, scale: scale, rounding: rule)
        }
        continue
      }
      let expected = SchoolNumber(left).divided(by: SchoolNumber(right), scale: scale, rule)
      #expect(
        outcome { () throws(DecimalError) in try a.divided(by: b, scale: scale, rounding: rule) }
          == expectation(expected), "\(a) / \(b) scale \(scale) \(rule)")
    }
  }

  @Test func `rounding agrees with the twin`() throws {
    var random = SeededGenerator(seed: 6)
    for _ in 0..<20_000 {
      let text = random.anyDecimalText()
      let value = try Decimal(text)
      let rule = random.roundingRule()
      let scale = Int.random(in: 0...Decimal.fractionDigits, using: &random)
      #expect(
        outcome { () throws(DecimalError) in try value.rounded(scale: scale, rule) }
          == expectation(SchoolNumber(text).rounded(scale: scale, rule)),
        "\(text) scale \(scale) \(rule)")
    }
  }

  // The table of java.math.RoundingMode's documentation: one input, every rule.
  @Test(arguments: [
    ("5.5", "5", "6", "5", "6", "6", "6"), ("2.5", "2", "3", "2", "3", "2", "3"),
    ("1.6", "1", "2", "1", "2", "2", "2"), ("1.1", "1", "2", "1", "2", "1", "1"),
    ("1.0", "1", "1", "1", "1", "1", "1"), ("-1.0", "-1", "-1", "-1", "-1", "-1", "-1"),
    ("-1.1", "-2", "-1", "-1", "-2", "-1", "-1"), ("-1.6", "-2", "-1", "-1", "-2", "-2", "-2"),
    ("-2.5", "-3", "-2", "-2", "-3", "-2", "-3"), ("-5.5", "-6", "-5", "-5", "-6", "-6", "-6"),
  ])
  func `rounds as published`(row: RoundingRow) throws {
    let value = try Decimal(row.0)
    #expect(try value.rounded(scale: 0, .down).description == row.1)
    #expect(try value.rounded(scale: 0, .up).description == row.2)
    #expect(try value.rounded(scale: 0, .towardZero).description == row.3)
    #expect(try value.rounded(scale: 0, .awayFromZero).description == row.4)
    #expect(try value.rounded(scale: 0, .toNearestOrEven).description == row.5)
    #expect(try value.rounded(scale: 0, .toNearestOrAwayFromZero).description == row.6)
  }

  typealias RoundingRow = (String, String, String, String, String, String, String)

  @Test func `the limits hold`() throws {
    let step = try Decimal("0.000000000000000001")
    #expect(throws: DecimalError.overflow) { try Decimal.max.adding(step) }
    #expect(throws: DecimalError.overflow) { try Decimal.min.subtracting(step) }
    #expect(throws: DecimalError.overflow) { try Decimal.max.multiplied(by: 2) }
    #expect(throws: DecimalError.overflow) { try Decimal.max.rounded(scale: 0, .up) }
    #expect(throws: DecimalError.overflow) {
      try Decimal.max.divided(by: step, scale: 0, rounding: .down)
    }
    #expect(throws: DecimalError.overflow) {
      try Decimal.max.multiplied(by: .max, rounding: .towardZero)
    }
    #expect(try Decimal.max.multiplied(by: 1) == .max)
    #expect(try Decimal.max.multiplied(by: -1) == .min)
    #expect(try Decimal.max.divided(by: .max, scale: 18, rounding: .down) == 1)
    #expect(-Decimal.max == .min)
    #expect(try Decimal.max.subtracting(step).adding(step) == .max)
    #expect(Decimal(units: Decimal.max.units + 1) == nil)
    #expect(Decimal(units: .max) == nil)
    #expect(Decimal(units: .min) == nil)
    #expect(Decimal(exactly: UInt128(100_000_000_000_000_000_000)) == nil)
    #expect(Decimal(exactly: UInt64.max)?.description == "18446744073709551615")
    #expect(Decimal(unscaled: .max, scale: 0) == nil)
    #expect(Decimal(unscaled: 12_345, scale: 2)?.description == "123.45")
    #expect(Decimal(Int.min).description == "-9223372036854775808")
  }

  @Test func `knows multiples`() throws {
    #expect(try Decimal("101.25").isMultiple(of: Decimal("0.05")))
    #expect(try !Decimal("101.26").isMultiple(of: Decimal("0.05")))
    #expect(try Decimal("-1.5").isMultiple(of: Decimal("0.5")))
    #expect(Decimal.zero.isMultiple(of: 7))
    #expect(Decimal.zero.isMultiple(of: 0))
    #expect(!Decimal.one.isMultiple(of: 0))
  }

  @Test func `one tenth and two tenths are three tenths`() throws {
    #expect(try Decimal("0.1") + Decimal("0.2") == Decimal("0.3"))
    #expect(try [Decimal("0.1"), Decimal("0.2")].reduce(.zero, +) == Decimal("0.3"))
  }

  private func outcome(_ body: () throws(DecimalError) -> Decimal) -> String {
    do { return try body().description } catch { return "\(error)" }
  }

  private func expectation(_ value: SchoolNumber) -> String {
    value.isInRange ? value.text : "\(DecimalError.overflow)"
  }
}

extension SeededGenerator {
  fileprivate mutating func roundingRule() -> RoundingRule {
    RoundingRule.allCases.randomElement(using: &self) ?? .down
  }
}
