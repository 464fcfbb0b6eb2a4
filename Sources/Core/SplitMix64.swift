/// A small pseudo-random generator with a stated seed: the same seed gives the same numbers on every
/// machine and in every release.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014), with
/// the constants of Vigna's public-domain `splitmix64.c`.
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
  private var state: UInt64

  /// Starts the sequence of `seed`.
  public init(seed: UInt64) { state = seed }

  /// Starts a sequence of its own for each list of `parts`, whatever their order of magnitude.
  public init(seed: UInt64, _ parts: UInt64...) {
    var mixer = SplitMix64(seed: seed)
    for part in parts {
      mixer = SplitMix64(seed: mixer.next() ^ part)
    }
    state = mixer.next()
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  /// A number within `range`, by multiplication instead of division (Lemire 2019, without the
  /// rejection step: the bias is below 2⁻³² for the ranges used here, and the draw count is fixed).
  ///
  /// The standard library's `Int64.random(in:using:)` does not promise the same numbers in every
  /// release, and a replay must.
  public mutating func next(in range: ClosedRange<Int64>) -> Int64 {
    let width = UInt64(bitPattern: range.upperBound &- range.lowerBound) &+ 1
    guard width != 0 else { return Int64(bitPattern: next()) }
    let scaled = next().multipliedFullWidth(by: width).high
    return range.lowerBound &+ Int64(bitPattern: scaled)
  }
}
