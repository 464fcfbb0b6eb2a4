import Core
import TradingDomain

/// A book that is told of the same order from several sides, late or twice, and keeps the newest.
struct WorkingBook {
  private var book: PaperBook
  /// The version of each order in the book.
  private var versions: [OrderID: Int64] = [:]

  init(symbol: Symbol) { book = PaperBook(symbol: symbol) }

  /// How many orders work.
  var count: Int { versions.count }

  /// Takes an order as it stood after some change; an older one than the book has changes nothing.
  mutating func note(_ order: Order) {
    if let known = versions[order.id], known >= order.version { return }
    correct(order)
  }

  /// Whether the book knows an order as it stands.
  func has(_ order: Order) -> Bool { versions[order.id] == order.version }

  /// Takes an order as it stands.
  mutating func correct(_ order: Order) {
    switch order.state {
    case .open, .partiallyFilled:
      versions[order.id] = order.version
      book.insert(order)
    default: remove(order.id)
    }
  }

  /// Notes that a planned execution was booked: the book has counted it when it was planned.
  ///
  /// Unless the order had been changed between: then the book takes it as it stands.
  mutating func noteFill(_ order: Order) {
    guard versions[order.id] == order.version - 1 else { return correct(order) }
    versions[order.id] = order.state.isFinal ? nil : order.version
  }

  /// Forgets an order.
  mutating func remove(_ id: OrderID) {
    versions[id] = nil
    book.remove(id)
  }

  /// Forgets the orders that are not among those that work, which are given with their versions.
  ///
  /// - Returns: those that the book has not seen as they stand.
  mutating func compare(with working: [OrderID: Int64]) -> [OrderID] {
    for id in versions.keys where working[id] == nil { remove(id) }
    return working.compactMap { id, version in (versions[id] ?? 0) < version ? id : nil }
  }

  /// Takes a newer quote.
  mutating func update(_ quote: Quote) { book.update(quote) }

  /// Plans every execution that the quote allows now.
  mutating func match() -> [PaperExecution] { book.match() }
}
