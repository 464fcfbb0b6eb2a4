import Core
import Testing

@Suite("SplitMix64")
struct SplitMix64Tests {
  @Test("gives the numbers of the reference implementation")
  func reference() {
    // splitmix64.c by Vigna with the seed 1234567, as published with the algorithm's ports.
    var random = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }

  @Test("ranges are covered and never left")
  func ranges() {
    var random = SplitMix64(seed: 7)
    var seen: Set<Int64> = []
    for _ in 0..<1000 {
      let value = random.next(in: -3...3)
      #expect((-3...3).contains(value))
      seen.insert(value)
    }
    #expect(seen.count == 7)
    #expect(random.next(in: 5...5) == 5)
    _ = random.next(in: Int64.min...Int64.max)
  }

  @Test("each list of parts has a sequence of its own, order included")
  func parts() {
    let seeds: [SplitMix64] = [
      SplitMix64(seed: 1), SplitMix64(seed: 1, 0), SplitMix64(seed: 1, 0, 0),
      SplitMix64(seed: 1, 1, 2), SplitMix64(seed: 1, 2, 1), SplitMix64(seed: 2, 1, 2),
    ]
    #expect(Set(seeds).count == seeds.count)
  }
}
