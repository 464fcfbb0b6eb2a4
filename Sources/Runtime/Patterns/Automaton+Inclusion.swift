extension Automaton {
  /// A shortest text that another machine matches and this one does not; nil if there is none.
  ///
  /// Both machines are walked at once, a pair of states after the other, the ones of the shorter texts
  /// first.
  ///
  /// - Parameter isEmptyLeftOut: Whether the empty text does not count.
  func textMissed(of other: Automaton, isEmptyLeftOut: Bool) -> String? {
    let scalars = Self.representatives(Set(bounds + other.bounds).sorted())
    var seen: Set<Pair> = []
    var open = [Step(pair: Pair(own: Self.start, other: Self.start))]
    var done = 0
    while done < open.count {
      let step = open[done]
      if step.last != nil || !isEmptyLeftOut, other.accepts(step.pair.other),
        !accepts(step.pair.own)
      {
        return Self.text(to: done, open)
      }
      for scalar in scalars {
        let pair = Pair(
          own: state(after: step.pair.own, scalar),
          other: other.state(after: step.pair.other, scalar))
        // What the other machine cannot match any more is no text of it.
        guard pair.other != Self.dead, seen.insert(pair).inserted else { continue }
        open.append(Step(pair: pair, before: done, last: scalar))
      }
      done += 1
    }
    return nil
  }

  /// A state of each machine.
  private struct Pair: Hashable {
    var own: Int
    var other: Int
  }

  /// A pair, and by which scalar it was first reached from which.
  private struct Step {
    var pair: Pair
    var before = 0
    var last: Unicode.Scalar?
  }

  private static func text(to index: Int, _ steps: [Step]) -> String {
    var scalars: [Unicode.Scalar] = []
    var step = steps[index]
    while let scalar = step.last {
      scalars.append(scalar)
      step = steps[step.before]
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars.reversed())
    return String(text)
  }

  /// A scalar of each class that no pattern tells apart, the most legible ones first.
  private static func representatives(_ bounds: [UInt32]) -> [Unicode.Scalar] {
    let classes = bounds.enumerated().map { index, bound in
      bound...(index + 1 < bounds.count ? bounds[index + 1] - 1 : ScalarSet.last)
    }
    // Letters, digits, then the signs of ASCII; else the first that is no half of a surrogate pair.
    let legible = Array("aA0 -".unicodeScalars.map(\.value)) + (0x21...0x7E)
    let scalars = classes.compactMap { range -> (rank: Int, scalar: Unicode.Scalar)? in
      if let rank = legible.firstIndex(where: range.contains) {
        return Unicode.Scalar(legible[rank]).map { (rank, $0) }
      }
      let first = [range.lowerBound, 0xE000].first {
        range.contains($0) && Unicode.Scalar($0) != nil
      }
      return first.flatMap(Unicode.Scalar.init).map { (legible.count, $0) }
    }
    return scalars.sorted { ($0.rank, $0.scalar.value) < ($1.rank, $1.scalar.value) }.map(\.scalar)
  }
}
