/// A pattern as places and the steps between them: a step takes one scalar, or none.
///
/// Thompson's construction, in which `{n,m}` is written out.
struct PatternSteps {
  private enum Step {
    case take(ScalarSet, to: Int)
    case free([Int])
  }

  /// The places' steps; nil at the end.
  private var steps: [Step?] = []
  private(set) var start = 0
  private(set) var end = 0

  init(_ pattern: PatternNode) throws(PatternError) {
    end = try add(nil)
    start = try add(pattern, before: end)
  }

  /// The sets that steps take a scalar of.
  var sets: [ScalarSet] {
    steps.compactMap { if case .take(let set, _) = $0 { set } else { nil } }
  }

  /// The place that a place's step leads to with a scalar.
  func place(after place: Int, _ scalar: UInt32) -> Int? {
    guard case .take(let set, let target) = steps[place], set.contains(scalar) else { return nil }
    return target
  }

  /// All places that can be reached without a scalar and go on with one, or are the end; sorted.
  func closure(of places: [Int]) -> [Int] {
    var seen = Set(places)
    var open = places
    var reached: [Int] = []
    while let place = open.popLast() {
      guard case .free(let targets) = steps[place] else {
        reached.append(place)
        continue
      }
      for target in targets where seen.insert(target).inserted { open.append(target) }
    }
    return reached.sorted()
  }

  private mutating func add(_ step: Step?) throws(PatternError) -> Int {
    guard steps.count < Pattern.stepLimit else {
      throw PatternError(
        rule:
          "the pattern, with its repetitions written out, has more than \(Pattern.stepLimit) steps",
        offset: 0)
    }
    steps.append(step)
    return steps.count - 1
  }

  /// Adds a part of a pattern that goes on at `end`; returns where it starts.
  private mutating func add(
    _ node: PatternNode, before end: Int
  ) throws(PatternError) -> Int {
    switch node {
    case .scalar(let set): return try add(.take(set, to: end))
    case .sequence(let parts):
      var place = end
      for part in parts.reversed() { place = try add(part, before: place) }
      return place
    case .choice(let parts):
      var starts: [Int] = []
      for part in parts { starts.append(try add(part, before: end)) }
      return try add(.free(starts))
    case .repeated(let part, let least, let most):
      var place = end
      if let most {
        for _ in least..<most { place = try add(.free([try add(part, before: place), end])) }
      } else {
        let loop = try add(.free([]))
        steps[loop] = .free([try add(part, before: loop), end])
        place = loop
      }
      for _ in 0..<least { place = try add(part, before: place) }
      return place
    }
  }
}
