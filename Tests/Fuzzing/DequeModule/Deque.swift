/// What the runtime uses of swift-collections' `Deque`, whose own sources want a package manager's flags.
public struct Deque<Element> {
  private var elements: [Element] = []

  /// Creates an empty one.
  public init() {}

  /// Whether there is none.
  public var isEmpty: Bool { self.elements.isEmpty }

  /// The one that came first.
  public var first: Element? { self.elements.first }

  /// Adds one at the end.
  public mutating func append(_ element: Element) { self.elements.append(element) }

  /// Takes the one that came first.
  @discardableResult
  public mutating func removeFirst() -> Element { self.elements.removeFirst() }

  /// Takes all.
  public mutating func removeAll() { self.elements.removeAll() }
}

extension Deque: Sendable where Element: Sendable {}
