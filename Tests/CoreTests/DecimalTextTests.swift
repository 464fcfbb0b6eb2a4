import Core
import TestSupport
import Testing

@Suite struct DecimalTextTests {
  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("0.0", "0"), ("-0.000", "0"), ("1", "1"), ("-1", "-1"),
    ("1.50", "1.5"), ("100", "100"), ("0.1", "0.1"), ("101.25", "101.25"),
    ("0.000000000000000001", "0.000000000000000001"),
    ("-0.000000000000000001", "-0.000000000000000001"),
    ("18446744073709551615", "18446744073709551615"),
    ("18446744073709551616", "18446744073709551616"),
    ("9999999999999999999", "9999999999999999999"),
    ("10000000000000000000", "10000000000000000000"),
    ("99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999"),
    ("-99999999999999999999.999999999999999999", "-99999999999999999999.999999999999999999"),
  ])
  func `reads and prints canonically`(text: String, canonical: String) throws {
    let value = try Decimal(text)
    #expect(value.description == canonical)
    #expect(value.utf8Count == canonical.utf8.count)
  }

  @Test(arguments: [
    "", "-", "+1", "+", ".", ".5", "5.", "-.5", "1.2.3", "1,5", " 1", "1 ", "1e3", "1E3", "0x10",
    "00", "01", "-01", "007.5", "NaN", "Infinity", "--1", "1-", "1_000", "١٢", "1\u{0}", "½",
    "123456789012345678901234567890x", "0.0000000000000000000000x",
  ])
  func `refuses what is not a number`(text: String) {
    #expect(throws: DecimalError.malformed(text)) { try Decimal(text) }
  }

  @Test func `refuses the twenty-first integer digit`() {
    #expect(throws: DecimalError.tooManyIntegerDigits("100000000000000000000")) {
      try Decimal("100000000000000000000")
    }
  }

  @Test func `refuses the nineteenth fraction digit, zero or not`() {
    for text in ["0.0000000000000000001", "1.0000000000000000000"] {
      #expect(throws: DecimalError.tooManyFractionDigits(text)) { try Decimal(text) }
    }
  }

  @Test func `an error repeats only the start of a long text`() {
    let text = String(repeating: "9", count: 100_000)
    let quoted = String(repeating: "9", count: DecimalError.longestQuotedText) + "…"
    #expect(throws: DecimalError.tooManyIntegerDigits(quoted)) { try Decimal(text) }
  }

  @Test func `round trips, and agrees with the twin`() throws {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      let text = random.anyDecimalText()
      let value = try Decimal(text)
      let printed = value.description
      #expect(printed == SchoolNumber(text).text, "\(text)")
      #expect(value.utf8Count == printed.utf8.count, "\(text)")
      #expect(try Decimal(printed) == value, "\(text)")
      #expect(Decimal(units: value.units) == value)
      let parts = printed.split(separator: ".")
      #expect(value.scale == (parts.count == 2 ? parts[1].count : 0), "\(text)")
    }
  }

  @Test(arguments: [
    ("1e3", "1000"), ("1E+3", "1000"), ("1e-7", "0.0000001"), ("-1.5e2", "-150"),
    ("0e400", "0"), ("-0.0e-400", "0"), ("1.5", "1.5"), ("12", "12"),
    ("9.9999999999999999999e19", "99999999999999999999"), ("100e-20", "0.000000000000000001"),
    ("0.00000000000000000000001e23", "1"), ("123456789e10", "1234567890000000000"),
    ("99999999999999999999.999999999999999999e0", "99999999999999999999.999999999999999999"),
  ])
  func `reads a JSON number exactly`(text: String, canonical: String) throws {
    #expect(try number(text).description == canonical)
  }

  @Test(arguments: ["1e20", "1e400", "1e99999999999999999999999", "99999999999999999999.9e1"])
  func `refuses a JSON number that is too large`(text: String) {
    #expect(throws: DecimalError.tooManyIntegerDigits(text)) { try number(text) }
  }

  @Test(arguments: ["1e-19", "15e-19", "1e-400", "1e-99999999999999999999", "1.5e-18"])
  func `refuses a JSON number that is too fine`(text: String) {
    #expect(throws: DecimalError.tooManyFractionDigits(text)) { try number(text) }
  }

  @Test(arguments: ["e5", "1e", "1e+", "1.e5", ".1e5", "1e5.0", "1ee5", "1e5e5", "-e1", "1.2.3e1"])
  func `refuses a malformed JSON number`(text: String) {
    #expect(throws: DecimalError.malformed(text)) { try number(text) }
  }

  @Test func `reads random exponents as the shifted text`() throws {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<5_000 {
      let value = try Decimal(random.anyDecimalText())
      let shift = Int.random(in: 0...18, using: &random)
      // value = (value × 10^shift)e-shift, where the significand keeps no point at shift 18.
      let significand = SchoolNumber(value.description) * SchoolNumber("1" + zeros(shift))
      #expect(try number("\(significand.text)e-\(shift)") == value)
    }
  }

  private func number(_ text: String) throws(DecimalError) -> Decimal {
    let bytes = Array(text.utf8)
    let result: Result<Decimal, DecimalError> = bytes.withUnsafeBufferPointer { bytes in
      do throws(DecimalError) { return .success(try Decimal(jsonNumber: bytes)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
}
