public import Core

/// The paper venue's book of one symbol: working orders, and what the latest quote has left.
///
/// Orders trade against the live quote, never with each other. An order that accepts the quote's
/// price trades at once, as far as the size shown reaches; what it leaves waits for the next quote.
/// The size a quote shows is there once: what one order took is gone for the others. Orders are
/// served by price, MARKET orders first, then by age. A MARKET order declines what is worse than its
/// protection price.
///
/// The book plans; whether an execution is booked is decided elsewhere, from the stored order. An
/// execution that could not be booked does not give its size back to the quote.
public struct PaperBook: Sendable {
  /// Whose.
  public let symbol: Symbol
  /// The latest quote; nil before the first.
  public private(set) var quote: Quote?

  /// The working orders by name: finds an order's place without a search through all of them.
  private var orders: [OrderID: Order] = [:]
  private var buys = OrderQueue(side: .buy)
  private var sells = OrderQueue(side: .sell)
  private var boughtOfQuote: Decimal = .zero
  private var soldOfQuote: Decimal = .zero

  /// An empty book.
  public init(symbol: Symbol) { self.symbol = symbol }

  /// How many orders work.
  public var count: Int { orders.count }

  /// Whether the order works here.
  public func contains(_ id: OrderID) -> Bool { orders[id] != nil }

  /// Takes a working order, or replaces what is known of it.
  ///
  /// - Precondition: The order is of this symbol, and no broker's.
  public mutating func insert(_ order: Order) {
    precondition(order.symbol == symbol, "the order is of another symbol")
    precondition(order.connectionID == nil, "the order is executed elsewhere")
    remove(order.id)
    guard order.reservedQuantity.isPositive, order.state != .pendingReplace else { return }
    orders[order.id] = order
    switch order.side {
    case .buy: buys.insert(order)
    case .sell: sells.insert(order)
    }
  }

  /// Forgets an order; nothing happens if it does not work here.
  public mutating func remove(_ id: OrderID) {
    guard let order = orders.removeValue(forKey: id) else { return }
    switch order.side {
    case .buy: buys.remove(order)
    case .sell: sells.remove(order)
    }
  }

  /// Takes a newer quote, with all of its size; an older one, or the same again, changes nothing.
  public mutating func update(_ new: Quote) {
    precondition(new.symbol == symbol, "the quote is of another symbol")
    if let quote, new.sequence <= quote.sequence { return }
    quote = new
    boughtOfQuote = .zero
    soldOfQuote = .zero
  }

  /// Plans every execution that the quote allows now; the planned size is taken from the quote, and
  /// the planned quantity from the orders.
  public mutating func match() -> [PaperExecution] {
    guard let quote else { return [] }
    let bought = buys.match(quote, taken: &boughtOfQuote)
    let sold = sells.match(quote, taken: &soldOfQuote)
    for id in bought.finished + sold.finished { orders[id] = nil }
    return bought.executions + sold.executions
  }
}

/// The working orders of one side, in the order in which they are served.
private struct OrderQueue: Sendable {
  let side: OrderSide
  private var entries: [Entry] = []

  init(side: OrderSide) { self.side = side }

  private struct Entry {
    var order: Order
    var leaves: Decimal
  }

  mutating func insert(_ order: Order) {
    let index = entries.partitioningIndex { isServedBefore(order, $0.order) }
    entries.insert(Entry(order: order, leaves: order.reservedQuantity), at: index)
  }

  /// Removes an order that is in the queue.
  mutating func remove(_ order: Order) {
    // The first that is not served before it is the order itself.
    let index = entries.partitioningIndex { !isServedBefore($0.order, order) }
    precondition(entries[index].order.id == order.id, "the order is in the queue")
    entries.remove(at: index)
  }

  mutating func match(
    _ quote: Quote, taken: inout Decimal
  ) -> (executions: [PaperExecution], finished: [OrderID]) {
    let (price, size) = (quote.price(for: side), quote.size(for: side))
    var executions: [PaperExecution] = []
    var finished: [OrderID] = []
    for index in entries.indices {
      let order = entries[index].order
      guard order.accepts(price) else {
        // Behind the first LIMIT order that declines the price, every order declines it; MARKET
        // orders, served by age, decline it each for itself.
        guard order.type == .limit else { continue }
        break
      }
      guard let quantity = try? Quantity(min(entries[index].leaves, size - taken)) else { break }
      executions.append(
        PaperExecution(
          orderID: order.id, accountID: order.accountID, symbol: order.symbol, side: side,
          quantity: quantity, price: price, quoteSequence: quote.sequence, offset: taken,
          shownSize: size))
      taken = taken + quantity.value
      entries[index].leaves = entries[index].leaves - quantity.value
      if entries[index].leaves.isZero { finished.append(order.id) }
    }
    if !finished.isEmpty { entries.removeAll { $0.leaves.isZero } }
    return (executions, finished)
  }

  private func isServedBefore(_ left: Order, _ right: Order) -> Bool {
    switch (left.limitPrice, right.limitPrice) {
    case (nil, nil): left.id < right.id
    case (nil, _?): true
    case (_?, nil): false
    case (let leftPrice?, let rightPrice?):
      if leftPrice == rightPrice {
        left.id < right.id
      } else if side == .buy {
        leftPrice > rightPrice
      } else {
        leftPrice < rightPrice
      }
    }
  }
}

extension Array {
  /// The first index whose element satisfies `belongsAfter`, in an array where all that do come
  /// last: where to insert an element so that the order is kept.
  fileprivate func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
