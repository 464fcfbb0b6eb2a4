import Core
import Testing

@testable import MarketDataDomain

@Suite("PricePath")
struct PricePathTests {
  @Test("a path starts, ends and turns where its bar does, and stays on the grid between")
  func anchors() {
    var random = SplitMix64(seed: 20)
    for round in 0..<2000 {
      let low = random.next(in: 1...1_000_000)
      let high = low + random.next(in: 0...50_000)
      let anchors = PricePath.Anchors(
        open: random.next(in: low...high), high: high, low: low,
        close: random.next(in: low...high))
      let count = Int(random.next(in: 4...200))
      let path = PricePath(anchors, count: count, grid: 100, random: &random)
      #expect(path.prices.count == count, "round \(round)")
      #expect(path.prices.first == anchors.open)
      #expect(path.prices.last == anchors.close)
      #expect(path.prices.max() == high)
      #expect(path.prices.min() == low)
      let known = [anchors.open, anchors.high, anchors.low, anchors.close]
      #expect(path.prices.allSatisfy { $0 % 100 == 0 || known.contains($0) })
    }
  }

  @Test("the path wanders: it is not a straight line between its anchors")
  func wanders() {
    var random = SplitMix64(seed: 3)
    let anchors = PricePath.Anchors(open: 500_000, high: 510_000, low: 490_000, close: 500_000)
    let path = PricePath(anchors, count: 1560, grid: 100, random: &random)
    let turns = zip(path.prices, path.prices.dropFirst(2)).enumerated().count { index, ends in
      let middle = path.prices[index + 1]
      return (middle > ends.0 && middle > ends.1) || (middle < ends.0 && middle < ends.1)
    }
    #expect(turns > 300)
  }

  @Test("volume splits without loss, most at the ends")
  func volume() {
    var random = SplitMix64(seed: 21)
    for _ in 0..<500 {
      let total = random.next(in: 0...1_000_000_000)
      let count = Int(random.next(in: 1...300))
      let parts = VolumeProfile.split(total, count: count)
      #expect(parts.count == count)
      #expect(parts.reduce(0, +) == total)
      #expect(parts.allSatisfy { $0 >= 0 })
    }
    let day = VolumeProfile.split(10_000_000, count: 101)
    #expect((390...410).contains(day[0] * 100 / day[50]))
    #expect(abs(day[0] - day[100]) <= 1)
    #expect(VolumeProfile.split(.max, count: 7).reduce(0, +) == .max)
  }
}
