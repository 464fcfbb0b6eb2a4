import Core
import TestSupport
import Testing

@Suite struct DecimalOrderTests {
  @Test func `orders as the twin's difference says`() throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<10_000 {
      let (left, right) = (random.anyDecimalText(), random.anyDecimalText())
      let (a, b) = (try Decimal(left), try Decimal(right))
      let difference = SchoolNumber(left) + SchoolNumber((-b).description)
      #expect((a < b) == difference.isNegative)
      #expect((a == b) == difference.digits.isEmpty)
      if a == b { #expect(a.hashValue == b.hashValue) }
    }
  }

  @Test func `knows its sign and magnitude`() {
    #expect(Decimal(-3).isNegative && !Decimal(-3).isPositive && Decimal(-3).magnitude == 3)
    #expect(Decimal(3).isPositive && !Decimal(3).isNegative && Decimal(3).magnitude == 3)
    #expect(Decimal.zero.isZero && !Decimal.zero.isPositive && !Decimal.zero.isNegative)
  }
}
