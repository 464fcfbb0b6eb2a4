/// A pattern as a machine with a state for each set of places it can be at: it reads every scalar once.
struct Automaton {
  /// The state in which nothing can match any more.
  static let dead = 0
  /// The state at the start.
  static let start = 1

  /// Where a class of scalars begins, sorted; the first begins at 0.
  let bounds: [UInt32]
  /// The class of each ASCII scalar.
  private let ascii: [UInt8]
  /// The next state, by state and class.
  private let next: [UInt16]
  private let accepting: [Bool]

  init(_ steps: PatternSteps) throws(PatternError) {
    bounds = Self.bounds(of: steps)
    guard bounds.count <= Pattern.classLimit else {
      throw PatternError(
        rule: "a pattern tells at most \(Pattern.classLimit) classes of characters apart",
        offset: 0)
    }
    let bounds = bounds
    ascii = (0..<128).map { UInt8(Self.classIndex(of: $0, in: bounds)) }
    var next = [UInt16](repeating: UInt16(Self.dead), count: bounds.count)
    var accepting = [false]
    var numbers: [[Int]: Int] = [:]
    var open: [[Int]] = []
    func number(of places: [Int]) throws(PatternError) -> Int {
      if places.isEmpty { return Self.dead }
      if let number = numbers[places] { return number }
      guard accepting.count < Pattern.stateLimit else {
        throw PatternError(
          rule: "the pattern needs more than \(Pattern.stateLimit) states", offset: 0)
      }
      let number = accepting.count
      numbers[places] = number
      accepting.append(places.contains(steps.end))
      next += [UInt16](repeating: UInt16(Self.dead), count: bounds.count)
      open.append(places)
      return number
    }
    _ = try number(of: steps.closure(of: [steps.start]))
    var done = 0
    while done < open.count {
      let places = open[done]
      done += 1
      // The states are numbered in the order in which they are opened.
      let row = done * bounds.count
      for (index, bound) in bounds.enumerated() {
        let reached = places.compactMap { steps.place(after: $0, bound) }
        next[row + index] = UInt16(try number(of: steps.closure(of: reached)))
      }
    }
    self.next = next
    self.accepting = accepting
  }

  /// Whether the whole text matches.
  func matches(_ text: some StringProtocol) -> Bool {
    var state = Self.start
    for scalar in text.unicodeScalars {
      state = self.state(after: state, scalar)
      if state == Self.dead { return false }
    }
    return accepting[state]
  }

  /// The state that a scalar leads to.
  func state(after state: Int, _ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    let index = value < 128 ? Int(ascii[Int(value)]) : Self.classIndex(of: value, in: bounds)
    return Int(next[state * bounds.count + index])
  }

  /// Whether a text that ends in a state matches.
  func accepts(_ state: Int) -> Bool { accepting[state] }

  /// The scalars from which on the pattern's sets differ.
  private static func bounds(of steps: PatternSteps) -> [UInt32] {
    var bounds: Set<UInt32> = [0]
    for set in steps.sets {
      for range in set.ranges {
        bounds.insert(range.lowerBound)
        if range.upperBound < ScalarSet.last { bounds.insert(range.upperBound + 1) }
      }
    }
    return bounds.sorted()
  }

  /// The last class that begins at or before a scalar.
  private static func classIndex(of scalar: UInt32, in bounds: [UInt32]) -> Int {
    var low = 0
    var high = bounds.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if bounds[middle] <= scalar { low = middle } else { high = middle }
    }
    return low
  }
}
