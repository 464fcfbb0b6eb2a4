internal import Core

/// How the replica is chosen that gets a call.
public enum BalancingPolicy: String, Sendable, Hashable, CaseIterable {
  /// The first address that can be reached gets all calls; the next one when it is lost.
  case pickFirst = "pick_first"
  /// All in turn.
  case roundRobin = "round_robin"
  /// Of two taken at random, the one with less to do: the power of two choices (Mitzenmacher, 1996).
  ///
  /// What a replica has to do for a unary call is the number of those under way there, and one more,
  /// times the time it takes to answer. Streams last as long as their callers like, which says nothing
  /// about the replica: they go where there are fewer of them.
  case powerOfTwoChoices = "p2c_peak_ewma"

  /// Whether every address is connected to, and not just the first that can be reached.
  var connectsToAll: Bool { self != .pickFirst }

  /// Chooses one of several candidates.
  ///
  /// - Parameters:
  ///   - count: How many there are.
  ///   - turn: Counts up from call to call.
  ///   - random: Randomness.
  ///   - isFull: Whether a candidate takes no more calls.
  ///   - load: What a candidate has to do.
  /// - Returns: nil when all are full, or there are none.
  func choose(
    of count: Int, turn: @autoclosure () -> Int, random: inout SplitMix64,
    isFull: (Int) -> Bool, load: (Int) -> Float
  ) -> Int? {
    guard count > 0 else { return nil }
    var first = 0
    switch self {
    case .pickFirst: break
    case .roundRobin: first = Int(UInt(bitPattern: turn()) % UInt(count))
    case .powerOfTwoChoices where count > 1:
      first = Self.index(below: count, &random)
      var second = Self.index(below: count - 1, &random)
      if second >= first { second += 1 }
      if load(second) < load(first) { swap(&first, &second) }
      if isFull(first), !isFull(second) { return second }
    case .powerOfTwoChoices: break
    }
    // The one behind it when it is full, and so on.
    for step in 0..<count {
      let index = first + step < count ? first + step : first + step - count
      if !isFull(index) { return index }
    }
    return nil
  }

  private static func index(below count: Int, _ random: inout SplitMix64) -> Int {
    Int(random.next(in: 0...Int64(count - 1)))
  }
}
