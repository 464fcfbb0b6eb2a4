import Core
import TestSupport
import Testing
import TradingDomain

@Suite("Position")
struct PositionTests {
  struct Fill {
    var side: OrderSide
    var quantity: Decimal
    var price: Decimal
    var fee: Decimal

    var signedQuantity: Decimal { side == .buy ? quantity : -quantity }
    func money() throws -> Decimal { try quantity.multiplied(by: price) }
  }

  static func fold(_ fills: [Fill], from start: Position = .none) throws -> Position {
    try fills.reduce(start) { position, fill in
      try position.applying(
        try Quantity(fill.quantity), fill.side, at: try Price(fill.price), fee: fill.fee,
        at: Make.now)
    }
  }

  /// Fills, then quantity, cost, realised gain and average price.
  static let scenarios = """
    BUY 10@100                                 = 10  1000    0      100
    BUY 10@100, BUY 10@110                     = 20  2100    0      105
    BUY 10@100, BUY 10@110, SELL 5@120         = 15  1575    75     105
    BUY 10@100, SELL 10@90                     = 0   0       -100   -
    BUY 10@100, SELL 15@90                     = -5  -450    -100   90
    SELL 10@100                                = -10 -1000   0      100
    SELL 10@100, BUY 4@90                      = -6  -600    40     100
    SELL 10@100, BUY 25@110                    = 15  1650    -100   110
    BUY 3@10, BUY 4@11, SELL 7@12              = 0   0       10     -
    BUY 0.5@100.5, SELL 0.25@101               = 0.25 25.125 0.125  100.5
    """

  @Test("positions are what a trader would write down")
  func byHand() throws {
    for line in Self.scenarios.split(separator: "\n") {
      let sides = line.split(separator: "=")
      let fills = try sides[0].split(separator: ",").map { text in
        let parts = text.split(whereSeparator: { " @".contains($0) })
        return Fill(
          side: try #require(OrderSide(rawValue: String(parts[0]))),
          quantity: try Decimal(parts[1]), price: try Decimal(parts[2]), fee: 0)
      }
      let expected = sides[1].split(separator: " ")
      let position = try Self.fold(fills)
      #expect(position.quantity == (try Decimal(expected[0])), "\(line)")
      #expect(position.cost == (try Decimal(expected[1])), "\(line)")
      #expect(position.realizedPnL == (try Decimal(expected[2])), "\(line)")
      #expect(position.averagePrice?.description ?? "-" == expected[3], "\(line)")
    }
  }

  static func randomFills(_ random: inout SeededGenerator, count: Int) -> [Fill] {
    (0..<count).map { _ in
      Fill(
        side: Bool.random(using: &random) ? .buy : .sell,
        quantity: Decimal(unscaled: Int128(Int.random(in: 1...50_000, using: &random)), scale: 3)
          ?? 1,
        price: Decimal(unscaled: Int128(Int.random(in: 1...100_000, using: &random)), scale: 2)
          ?? 1,
        fee: Decimal(unscaled: Int128(Int.random(in: 0...9999, using: &random)), scale: 4) ?? 0)
    }
  }

  @Test(
    "money is conserved to the last digit: realised gain = sold - bought + cost of what is left")
  func conservation() throws {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<400 {
      let fills = Self.randomFills(&random, count: Int.random(in: 1...60, using: &random))
      var position = Position.none
      var (quantity, cash, fees): (Decimal, Decimal, Decimal) = (0, 0, 0)
      for fill in fills {
        position = try Self.fold([fill], from: position)
        quantity = quantity + fill.signedQuantity
        cash = try fill.side == .sell ? cash + fill.money() : cash - fill.money()
        fees = fees + fill.fee
        #expect(position.quantity == quantity)
        #expect(position.realizedPnL == cash + position.cost)
        #expect(position.fees == fees)
        #expect(position.cost.isNegative == quantity.isNegative)
        #expect(position.cost.isZero == quantity.isZero)
      }
    }
  }

  /// The slow obvious twin: the average cost as an exact fraction, reduced at every step.
  struct Fraction {
    var numerator: Int128
    var denominator: Int128
  }

  @Test("the average stays within one digit a fill of the exact fraction")
  func averageCost() throws {
    var random = SeededGenerator(seed: 13)
    for _ in 0..<500 {
      var position = Position.none
      // Few small fills keep the exact fraction within 128 bits.
      var (held, cost): (Int128, (Int128, Int128)) = (0, (0, 1))
      for step in 1...8 {
        let quantity = Int128(Int.random(in: 1...9, using: &random))
        let price = Int128(Int.random(in: 1...99, using: &random))
        let signed = Bool.random(using: &random) ? quantity : -quantity
        position = try Self.fold(
          [
            Fill(
              side: signed > 0 ? .buy : .sell, quantity: Decimal(Int(quantity)),
              price: Decimal(Int(price)), fee: 0)
          ], from: position)
        if held == 0 || (held > 0) == (signed > 0) {
          cost.0 += signed * price * cost.1
        } else if abs(signed) <= abs(held) {
          cost = (cost.0 * (abs(held) - abs(signed)), cost.1 * abs(held))
        } else {
          cost = ((held + signed) * price, 1)
        }
        held += signed
        let divisor = Self.gcd(abs(cost.0), cost.1)
        cost = (cost.0 / divisor, cost.1 / divisor)
        #expect(position.quantity == Decimal(Int(held)))
        let exact = try Decimal(Int(cost.0)).divided(
          by: Decimal(Int(cost.1)), scale: 18, rounding: .toNearestOrEven)
        #expect((position.cost - exact).magnitude.units <= Int128(step + 1))
      }
    }
  }

  static func gcd(_ left: Int128, _ right: Int128) -> Int128 {
    right == 0 ? max(left, 1) : gcd(right, left % right)
  }

  @Test("a fill through zero closes the old position fully before it opens a new one")
  func flips() throws {
    var random = SeededGenerator(seed: 14)
    var flips = 0
    for _ in 0..<2000 {
      let before = try Self.fold(Self.randomFills(&random, count: 5))
      guard !before.quantity.isZero else { continue }
      var fill = Self.randomFills(&random, count: 1)[0]
      fill.side = before.quantity.isPositive ? .sell : .buy
      fill.quantity = before.quantity.magnitude + fill.quantity
      let flipped = try Self.fold([fill], from: before)
      var (close, open) = (fill, fill)
      close.quantity = before.quantity.magnitude
      close.fee = 0
      open.quantity = fill.quantity - close.quantity
      let closed = try Self.fold([close], from: before)
      #expect(closed.quantity.isZero && closed.cost.isZero)
      #expect(flipped == (try Self.fold([open], from: closed)))
      #expect(flipped.averagePrice == fill.price)
      #expect(flipped.realizedPnL == closed.realizedPnL)
      flips += 1
    }
    #expect(flips > 1900)
  }

  @Test("sums out of range are errors, and the position stays as it was")
  func overflow() throws {
    let huge = try Quantity(.max)
    let price = try Price(2)
    #expect(throws: DecimalError.overflow) {
      try Position.none.applying(huge, .buy, at: price, fee: 0, at: Make.now)
    }
  }
}
