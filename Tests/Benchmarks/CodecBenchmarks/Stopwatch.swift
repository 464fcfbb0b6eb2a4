/// Times a small operation: the best of several rounds, since noise only ever adds.
enum Stopwatch {
  static let rounds = 7
  static let roundLength: Duration = .milliseconds(150)

  /// Prints the operation's name and its nanoseconds.
  ///
  /// The operation returns a number that is not zero, so that it cannot be optimised away and a
  /// failure shows.
  static func report(_ name: String, _ operation: () -> Int) {
    guard operation() != 0 else {
      print("\(name) failed")
      return
    }
    var iterations = 1
    while time(iterations, operation) < roundLength { iterations *= 2 }
    let best = (0..<rounds).map { _ in time(iterations, operation) }.min() ?? .zero
    let nanoseconds =
      (Double(best.components.seconds) * 1e9 + Double(best.components.attoseconds) / 1e9)
      / Double(iterations)
    let tenths = Int((nanoseconds * 10).rounded())
    print("\(name) \(tenths / 10).\(tenths % 10)")
  }

  private static func time(_ iterations: Int, _ operation: () -> Int) -> Duration {
    var sum = 0
    let elapsed = ContinuousClock().measure {
      for _ in 0..<iterations { sum &+= operation() }
    }
    precondition(sum != 0)
    return elapsed
  }
}
