import Core
import Testing
import TradingContract

@testable import DevPlatform

/// The audit's own arithmetic, against sums done by hand.
@Suite struct PositionFoldTests {
  private static func fold(
    _ trades: [(TradingV1.OrderSide, Decimal, String)]
  ) throws -> PositionFold {
    var fold = PositionFold()
    for (side, quantity, price) in trades {
      try fold.add(side: side, quantity: quantity, price: try Decimal(price), fee: 1)
    }
    return fold
  }

  @Test func buying() throws {
    let fold = try Self.fold([(.buy, 2, "10"), (.buy, 1, "11")])
    #expect(fold.quantity == 3)
    #expect(fold.cost == 31)
    #expect(try fold.averagePrice == Decimal("10.333333333333333333"))
    #expect(fold.realized == 0)
    #expect(fold.fees == 2)
  }

  @Test func closingAPartTakesThatPartOfTheCost() throws {
    // A third of 31 is 10.333…; the rest stays in the cost.
    let fold = try Self.fold([(.buy, 2, "10"), (.buy, 1, "11"), (.sell, 1, "12")])
    #expect(fold.quantity == 2)
    #expect(fold.realized == (try Decimal("1.666666666666666667")))
    #expect(fold.cost == (try Decimal("20.666666666666666667")))
  }

  @Test func closingAllLeavesNothing() throws {
    let fold = try Self.fold([
      (.buy, 2, "10"), (.buy, 1, "11"), (.sell, 1, "12"), (.sell, 2, "9"),
    ])
    #expect(fold.quantity == 0)
    #expect(fold.cost == 0)
    #expect(try fold.averagePrice == nil)
    #expect(fold.realized == -1)
  }

  @Test func turningFromLongToShort() throws {
    let fold = try Self.fold([(.buy, 2, "10"), (.sell, 5, "12")])
    #expect(fold.quantity == -3)
    #expect(fold.cost == -36)
    #expect(try fold.averagePrice == 12)
    #expect(fold.realized == 4)
  }

  @Test func buyingBackAShort() throws {
    let fold = try Self.fold([(.sell, 4, "10"), (.buy, 1, "7")])
    #expect(fold.quantity == -3)
    #expect(fold.cost == -30)
    #expect(fold.realized == 3)
  }
}
