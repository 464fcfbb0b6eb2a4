/// What the runtime uses of swift-collections' `Deque`, whose own sources want a package manager's flags.
public struct Deque<Element> {
  private var elements: [Element] = []

  /// Creates an empty one.
  public init() {}

  /// Adds one at the end.
  public mutating func append(_ element: Element) { self.elements.append(element) }

  /// Takes the one that came first.
  @discardableResult
  public mutating func removeFirst() -> Element { self.elements.removeFirst() }

  /// Takes the one that came first; nil if there is none.
  public mutating func popFirst() -> Element? {
    self.elements.isEmpty ? nil : self.elements.removeFirst()
  }

  /// Takes the one at a place.
  @discardableResult
  public mutating func remove(at index: Int) -> Element { self.elements.remove(at: index) }

  /// Takes all.
  public mutating func removeAll() { self.elements.removeAll() }
}

extension Deque: Sendable where Element: Sendable {}

extension Deque: RandomAccessCollection {
  /// The place of the one that came first.
  public var startIndex: Int { 0 }

  /// Behind the one that came last.
  public var endIndex: Int { self.elements.count }

  /// The one at a place.
  public subscript(index: Int) -> Element { self.elements[index] }
}
