import Core
import Testing

@Suite struct MoneyTests {
  let usd = AssetID(rawValue: "USD")
  let btc = AssetID(rawValue: "BTC")

  @Test func `a price is positive and on the grid`() throws {
    let tick = try Decimal("0.05")
    #expect(try Price(Decimal("101.25"), tick: tick).value == Decimal("101.25"))
    #expect(throws: PriceError.notPositive(0)) { try Price(0) }
    #expect(throws: PriceError.notPositive(-1)) { try Price(-1, tick: tick) }
    let off = try Decimal("101.26")
    #expect(throws: PriceError.notMultipleOfTick(off, tick: tick)) { try Price(off, tick: tick) }
  }

  @Test func `a quantity is positive and a multiple of the lot`() throws {
    #expect(try Quantity(200, lot: 100).value == 200)
    #expect(throws: QuantityError.notPositive(0)) { try Quantity(0) }
    #expect(throws: QuantityError.notMultipleOfLot(150, lot: 100)) {
      try Quantity(150, lot: 100)
    }
  }

  @Test func `a notional is exact or an error`() throws {
    let price = try Price(Decimal("101.25"))
    #expect(try price.notional(of: Quantity(Decimal("0.001"))).description == "0.10125")
    let fine = try Price(Decimal("0.0000000001"))
    #expect(throws: DecimalError.inexact) {
      try fine.notional(of: Quantity(Decimal("0.0000000001")))
    }
    let large = try Price(.max)
    #expect(throws: DecimalError.overflow) { try large.notional(of: Quantity(2)) }
  }

  @Test func `money adds within one asset only`() throws {
    let ten = Money(asset: usd, amount: 10)
    #expect(try ten.adding(Money(asset: usd, amount: 5)).description == "15 USD")
    #expect(try ten.subtracting(Money(asset: usd, amount: 15)).amount == -5)
    #expect(throws: MoneyError.assetMismatch(usd, btc)) {
      try ten.adding(Money(asset: btc, amount: 1))
    }
    #expect(throws: MoneyError.overflow(usd)) { try ten.adding(Money(asset: usd, amount: .max)) }
  }
}
