/// Times a small operation: the best of many short rounds, since noise only ever adds.
enum Stopwatch {
  static let rounds = 150
  static let roundLength: Duration = .milliseconds(2)

  /// Prints the operation's name and its nanoseconds.
  static func report(_ operation: Operation) {
    guard operation.body() != 0 else {
      print("\(operation.name) failed")
      return
    }
    var iterations = 1
    while time(iterations, operation) < roundLength { iterations *= 2 }
    let best = (0..<rounds).map { _ in time(iterations, operation) }.min() ?? .zero
    let nanoseconds =
      (Double(best.components.seconds) * 1e9 + Double(best.components.attoseconds) / 1e9)
      / Double(iterations)
    let tenths = Int((nanoseconds * 10).rounded())
    print("\(operation.name) \(tenths / 10).\(tenths % 10)")
  }

  private static func time(_ iterations: Int, _ operation: Operation) -> Duration {
    var sum = 0
    let elapsed = ContinuousClock().measure {
      for _ in 0..<iterations { sum &+= operation.body() }
    }
    precondition(sum != 0)
    return elapsed
  }
}
