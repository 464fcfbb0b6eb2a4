/// Who waits to be in a batch: for each key a line, and the lines take turns.
///
/// One by one through the lines, so that a key with a thousand waiting keeps nobody from the next batch. Each step takes
/// constant time for each that it is about, whoever else waits.
struct WaitingLines<Key: Hashable, Element> {
  private struct Line {
    var waiting = LeavableQueue<Element>()
    /// Its place among the lines that may be taken from; nil if it has none.
    var turn: Int?
    /// Whether a batch is under way that took from it.
    var isBusy = false
  }

  private var lines: [Key: Line] = [:]
  private var turns = LeavableQueue<Key>()
  private var nextPlace = 0
  /// How many wait.
  private(set) var count = 0

  /// Puts somebody at the end of a line.
  ///
  /// - Returns: the place in it, which nobody else ever has.
  mutating func append(_ element: Element, to key: Key) -> Int {
    let place = makePlace()
    lines[key, default: Line()].waiting.append(element, at: place)
    count += 1
    settle(key)
    return place
  }

  /// Takes somebody out of a line; nil if that place is empty.
  @discardableResult
  mutating func remove(at place: Int, from key: Key) -> Element? {
    guard let element = lines[key]?.waiting.remove(at: place) else { return nil }
    count -= 1
    settle(key)
    return element
  }

  /// Takes as many as a batch may have: of each line that is not busy the first, then of each the next.
  ///
  /// The lines are busy until they are released.
  mutating func take(_ limit: Int) -> [Element] {
    var taken: [Element] = []
    var round: [Key] = []
    while round.count < limit, let key = turns.popFirst() {
      lines[key]?.turn = nil
      lines[key]?.isBusy = true
      round.append(key)
    }
    while !round.isEmpty {
      round = round.filter { key in
        guard taken.count < limit, let next = lines[key]?.waiting.popFirst() else { return false }
        taken.append(next)
        return true
      }
    }
    count -= taken.count
    return taken
  }

  /// The batch that took from a line is over.
  mutating func release(_ key: Key) {
    lines[key]?.isBusy = false
    settle(key)
  }

  /// Gives a line its turn, behind all others, or takes it away.
  private mutating func settle(_ key: Key) {
    guard let line = lines[key], !line.isBusy else { return }
    if line.waiting.isEmpty {
      if let turn = line.turn { turns.remove(at: turn) }
      lines[key] = nil
    } else if line.turn == nil {
      let turn = makePlace()
      turns.append(key, at: turn)
      lines[key]?.turn = turn
    }
  }

  private mutating func makePlace() -> Int {
    defer { nextPlace += 1 }
    return nextPlace
  }
}
