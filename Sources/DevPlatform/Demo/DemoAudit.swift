import Core
import MarketDataContract
import TradingContract

/// Recomputes orders and positions from the fills, and compares everything a client saw.
///
/// It knows the contracts and exact arithmetic, and nothing of how a service works.
public enum DemoAudit {
  /// All checks, in the order in which a person reads them.
  public static func checks(_ evidence: DemoEvidence) -> [AuditCheck] {
    [
      orders(evidence), positions(evidence), prices(evidence), streamOrder(evidence),
      streamContent(evidence),
    ]
  }

  // MARK: - REST

  /// Each order is what its fills make of it.
  static func orders(_ evidence: DemoEvidence) -> AuditCheck {
    var check = AuditCheck("orders are the sum of their fills")
    let listed = evidence.orders.map(\.orderID)
    check.expect(Set(listed).count, equals: listed.count, "the number of different orders")
    check.expect(Set(listed), equals: Set(evidence.placed), "the set of orders")
    let tradeIDs = evidence.trades.map(\.tradeID)
    check.expect(Set(tradeIDs).count, equals: tradeIDs.count, "the number of different trades")
    for trade in evidence.trades where !listed.contains(trade.orderID) {
      check.fail("trade \(trade.tradeID) is of order \(trade.orderID), which is not listed")
    }
    for order in evidence.orders {
      let fills = evidence.trades.filter { $0.orderID == order.orderID }
      let name = "order \(order.orderID)"
      do {
        let filled = try fills.reduce(Decimal.zero) { try $0.adding($1.quantity ?? 0) }
        let notional = try fills.reduce(Decimal.zero) {
          try $0.adding(($1.quantity ?? 0).multiplied(by: $1.price ?? 0))
        }
        let average =
          filled.isZero
          ? nil
          : try notional.divided(
            by: filled, scale: Decimal.fractionDigits, rounding: .toNearestOrEven)
        check.expect(order.filledQuantity ?? 0, equals: filled, "\(name): filled quantity")
        check.expect(order.averagePrice, equals: average, "\(name): average price")
        check.expect(
          fits(order, filled: filled),
          "\(name) is \(DemoText.name(order.status)) with \(filled) filled")
      } catch {
        check.fail("\(name): \(error)")
      }
      for fill in fills { compare(fill, with: order, &check) }
    }
    return check
  }

  /// Whether a status and a filled quantity go together.
  private static func fits(_ order: TradingV1.Order, filled: Decimal) -> Bool {
    guard let quantity = order.quantity, quantity.isPositive else { return false }
    switch order.status {
    case .filled: return filled == quantity
    case .partiallyFilled: return filled.isPositive && filled < quantity
    case .pendingNew, .open, .rejected: return filled.isZero
    case .canceled, .expired, .pendingReplace, .pendingCancel: return filled < quantity
    default: return false
    }
  }

  private static func compare(
    _ fill: TradingV1.Trade, with order: TradingV1.Order, _ check: inout AuditCheck
  ) {
    let name = "trade \(fill.tradeID)"
    check.expect(fill.symbol, equals: order.symbol, "\(name): symbol")
    check.expect(fill.side, equals: order.side, "\(name): side")
    check.expect(fill.userID, equals: order.userID, "\(name): user")
    check.expect((fill.quantity ?? 0).isPositive, "\(name): quantity is not positive")
    check.expect(!(fill.fee ?? 0).isNegative, "\(name): the fee is negative")
    guard let limit = order.limitPrice, let price = fill.price else { return }
    check.expect(
      order.side == .buy ? price <= limit : price >= limit,
      "\(name): price \(price) is worse than the limit \(limit)")
  }

  /// Each position is the fold of its symbol's trades, oldest first.
  static func positions(_ evidence: DemoEvidence) -> AuditCheck {
    var check = AuditCheck("positions are the fold of the trades")
    var folds: [String: PositionFold] = [:]
    for trade in evidence.trades.reversed() {
      do {
        try folds[trade.symbol, default: PositionFold()].add(
          side: trade.side, quantity: trade.quantity ?? 0, price: trade.price ?? 0,
          fee: trade.fee ?? 0)
      } catch {
        check.fail("trade \(trade.tradeID): \(error)")
      }
    }
    let listed = evidence.positions.map(\.symbol)
    check.expect(Set(listed).count, equals: listed.count, "the number of different positions")
    check.expect(Set(listed), equals: Set(folds.keys), "the set of positions")
    for position in evidence.positions {
      guard let fold = folds[position.symbol] else { continue }
      let name = "position \(position.symbol)"
      check.expect(position.quantity ?? 0, equals: fold.quantity, "\(name): quantity")
      check.expect(position.realizedPnl ?? 0, equals: fold.realized, "\(name): realized P&L")
      check.expect(position.fees ?? 0, equals: fold.fees, "\(name): fees")
      do {
        check.expect(
          position.averagePrice, equals: try fold.averagePrice, "\(name): average price")
      } catch {
        check.fail("\(name): \(error)")
      }
    }
    return check
  }

  /// Each fill has the price of the quote it names, and no quote gave more than it showed.
  static func prices(_ evidence: DemoEvidence) -> AuditCheck {
    var check = AuditCheck("fills have the price of the quote they name")
    struct Shown: Hashable {
      let quote: DemoEvidence.QuoteKey
      let side: TradingV1.OrderSide
    }
    var taken: [Shown: Decimal] = [:]
    // An exchange that orders are routed to has quotes of its own.
    let routed = Set(evidence.orders.filter { !$0.connectionID.isEmpty }.map(\.orderID))
    for trade in evidence.trades where !routed.contains(trade.orderID) {
      let key = DemoEvidence.QuoteKey(symbol: trade.symbol, sequence: trade.quoteSequence)
      guard let quote = evidence.quotes[key] else {
        check.fail("trade \(trade.tradeID): \(key) is not known")
        continue
      }
      let isBuy = trade.side == .buy
      check.expect(
        trade.price, equals: isBuy ? quote.askPrice : quote.bidPrice,
        "trade \(trade.tradeID), \(DemoText.name(trade.side)) at \(key): price")
      let shown = Shown(quote: key, side: trade.side)
      let sum = (taken[shown] ?? 0).addingReportingOverflow(trade.quantity ?? 0).partialValue
      taken[shown] = sum
      let size = (isBuy ? quote.askSize : quote.bidSize) ?? 0
      check.expect(sum <= size, "\(key): \(sum) was taken of the \(size) shown")
    }
    return check
  }

  // MARK: - The stream

  /// The updates continue the snapshot's sequence without a gap, a repetition or a step back.
  static func streamOrder(_ evidence: DemoEvidence) -> AuditCheck {
    var check = AuditCheck("updates are streamed once each, in sequence")
    var expected = evidence.snapshotSequence
    var versions: [String: Int64] = [:]
    for update in evidence.updates {
      expected += 1
      check.expect(update.sequence, equals: expected, "the sequence of an update")
      expected = update.sequence
      let order = update.order
      if let before = versions[order.orderID] {
        check.expect(
          order.version > before,
          "order \(order.orderID): version \(order.version) follows \(before)")
      }
      versions[order.orderID] = order.version
    }
    return check
  }

  /// The last update of each order is what REST tells, and its steps are the order's fills.
  static func streamContent(_ evidence: DemoEvidence) -> AuditCheck {
    var check = AuditCheck("streamed orders agree with REST")
    for order in evidence.orders {
      let name = "order \(order.orderID)"
      let updates = evidence.updates.map(\.order).filter { $0.orderID == order.orderID }
      guard let last = updates.last else {
        check.fail("\(name) was never streamed")
        continue
      }
      check.expect(last, equals: order, "\(name): the last update")
      var filled: Decimal = 0
      var steps: [Decimal] = []
      for update in updates {
        let now = update.filledQuantity ?? 0
        if now != filled { steps.append(now - filled) }
        filled = now
      }
      let fills = evidence.trades.reversed().filter { $0.orderID == order.orderID }
      check.expect(steps, equals: fills.map { $0.quantity ?? 0 }, "\(name): the streamed fills")
    }
    return check
  }
}
