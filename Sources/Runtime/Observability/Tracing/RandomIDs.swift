import Synchronization

/// Numbers for ids, from all threads at once, without a lock or a call of the system.
///
/// A counter that moves by a step of its own and is then mixed: SplitMix64, as ``Core`` has it, whose state
/// is one atomic number. A number comes again after 2⁶⁴ others. The ids are no secrets: whoever sees some can
/// tell the next ones.
final class RandomIDs: Sendable {
  /// One for each half of a trace id, so that two processes that happen to be at the same place in one are
  /// not in the other.
  static let traces = RandomIDs()
  static let spans = RandomIDs()

  private let state: Atomic<UInt64>

  init(seed: UInt64 = .random(in: 0...UInt64.max)) { state = Atomic(seed) }

  func next() -> UInt64 {
    var bits = state.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
