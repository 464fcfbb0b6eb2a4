import Core
import TestSupport
import Testing

@testable import TradingDomain

@Suite("FeeSchedule")
struct FeeScheduleTests {
  @Test("the fees of an order's fills add up to the fee on their sum, however it is filled")
  func cumulative() throws {
    var random = SeededGenerator(seed: 21)
    for _ in 0..<2000 {
      let rate = Decimal(unscaled: Int128(Int.random(in: 0...10_000, using: &random)), scale: 4)
      let scale = Int.random(in: 0...6, using: &random)
      let schedule = try #require(rate.flatMap { FeeSchedule(rate: $0, scale: scale) })
      var (total, charged): (Decimal, Decimal) = (0, 0)
      var isCapped = false
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        let units = Int128(Int.random(in: 1...50_000, using: &random))
        let fill = try #require(Decimal(unscaled: units, scale: 3))
        total = total + fill
        let fee = try schedule.fee(ofFill: fill, total: total, charged: charged)
        #expect(!fee.isNegative && fee <= fill)
        charged = charged + fee
        #expect(charged <= (try schedule.fee(on: total)))
        isCapped = charged < (try schedule.fee(on: total))
      }
      if !isCapped { #expect(charged == (try schedule.fee(on: total))) }
    }
  }

  @Test("one fill or a hundred: the fee is the same")
  func splitting() throws {
    let schedule = try Make.venue().fees
    var charged: Decimal = 0
    for part in 1...100 {
      charged =
        charged
        + (try schedule.fee(ofFill: 1, total: Decimal(part), charged: charged))
    }
    #expect(charged == (try Decimal("0.01")))
    #expect(charged == (try schedule.fee(ofFill: 100, total: 100, charged: 0)))
  }

  @Test("no fill costs more than it is worth; the next one bears the rest")
  func cap() throws {
    let schedule = try #require(FeeSchedule(rate: 1, scale: 0))
    let half = try Decimal("0.5")
    #expect(try schedule.fee(ofFill: half, total: half, charged: 0) == half)
    #expect(try schedule.fee(ofFill: half, total: 1, charged: half) == half)
  }
}
