import DequeModule

/// A queue that whoever waits in it may leave; each step takes constant time on average.
struct LeavableQueue<Element> {
  /// Ascending; also of some who have left.
  private var places = Deque<Int>()
  private var elements: [Int: Element] = [:]

  var isEmpty: Bool { elements.isEmpty }
  /// How many places are kept, those of some who have left among them.
  var placesKept: Int { places.count }

  /// Puts somebody behind all others.
  ///
  /// - Parameter place: what to leave by: greater than all before.
  mutating func append(_ element: Element, at place: Int) {
    places.append(place)
    elements[place] = element
  }

  /// Takes out who has a place; nil if nobody has it any more.
  @discardableResult
  mutating func remove(at place: Int) -> Element? {
    guard let element = elements.removeValue(forKey: place) else { return nil }
    // Each time half of the places go, so that each is looked at twice on average, however many leave.
    if places.count > 2 * elements.count + Self.fewPlaces {
      places.removeAll { elements[$0] == nil }
    }
    return element
  }

  /// Takes out who has waited longest.
  mutating func popFirst() -> Element? {
    while let place = places.popFirst() {
      if let element = elements.removeValue(forKey: place) { return element }
    }
    return nil
  }

  /// So many of those who have left are no burden.
  private static var fewPlaces: Int { 16 }
}
