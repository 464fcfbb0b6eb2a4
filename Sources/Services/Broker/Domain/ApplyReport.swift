public import Core

/// Applies what an exchange reports of an order.
public enum ApplyReport {
  /// Decides what a report makes of an order.
  ///
  /// The first report gives the order the exchange's name for it; what is said of another name is of a second order. The
  /// sums after a report must be those that follow from the sums before it: a report that was missed, or is of something
  /// else, is never applied.
  public static func decide(
    _ report: ExecutionReport, of order: RoutedOrder, at now: Instant
  ) throws(ReportRejection) -> Change {
    if let known = order.exchangeOrderID, known != report.exchangeOrderID {
      throw .anotherOrder(report.exchangeOrderID, known: known)
    }
    if order.state.isFinal, order.exchangeOrderID == nil {
      throw .unexpectedOrder(report.exchangeOrderID, order.state)
    }
    var after = order
    after.exchangeOrderID = report.exchangeOrderID
    let type: RoutedOrderEventType
    var execution: Execution?
    if case .trade(let traded) = report.occurrence {
      execution = traded
      try after.add(traded)
    }
    do throws(IllegalTransition) {
      switch report.occurrence {
      case .accepted:
        try after.apply(.accept, at: now)
        type = .accepted
      case .rejected(let reason):
        try after.apply(.reject, at: now)
        after.rejectReason = reason
        type = .rejected
      case .trade:
        try after.apply(
          after.filledQuantity == after.terms.quantity.value ? .fill : .fillPartially, at: now)
        type = .trade
      case .canceled:
        try after.apply(.cancel, at: now)
        type = .canceled
      case .expired:
        try after.apply(.expire, at: now)
        type = .expired
      }
    } catch {
      throw .illegal(error)
    }
    guard after.filledQuantity == report.filledQuantity,
      after.filledNotional == report.filledNotional
    else {
      throw .sumsDiffer(
        reported: Sums(quantity: report.filledQuantity, notional: report.filledNotional),
        expected: Sums(quantity: after.filledQuantity, notional: after.filledNotional))
    }
    return Change(
      order: after,
      event: RoutedOrderEvent(
        type, execution: execution, reportSequence: report.sequence, at: report.reportedAt))
  }
}

extension RoutedOrder {
  /// Adds an execution to the sums.
  fileprivate mutating func add(_ execution: Execution) throws(ReportRejection) {
    do throws(DecimalError) {
      filledQuantity = try filledQuantity.adding(execution.quantity.value)
      filledNotional = try filledNotional.adding(
        try execution.price.notional(of: execution.quantity))
    } catch {
      throw .arithmetic(error)
    }
    guard filledQuantity <= terms.quantity.value else {
      throw .exceedsQuantity(filledQuantity, quantity: terms.quantity)
    }
  }
}

/// How much of an order has been traded, and for how much.
public struct Sums: Hashable, Sendable, CustomStringConvertible {
  /// How much.
  public let quantity: Decimal
  /// The sum of price times quantity.
  public let notional: Decimal

  /// Both.
  public var description: String { "\(quantity) for \(notional)" }
}

/// Why a report is not applied: the exchange contradicts itself, or has an order that it must not have.
public enum ReportRejection: Error, Hashable, Sendable {
  /// The order is at the exchange by another name already: it is there twice.
  case anotherOrder(ExchangeOrderID, known: ExchangeOrderID)
  /// The order ended before the exchange had it, and the exchange has it.
  case unexpectedOrder(ExchangeOrderID, RoutedOrderState)
  /// The order is over, or not where such a thing can happen.
  case illegal(IllegalTransition)
  /// More than the order's quantity is traded.
  case exceedsQuantity(Decimal, quantity: Quantity)
  /// The sums are not those that follow from the reports before.
  case sumsDiffer(reported: Sums, expected: Sums)
  /// A sum leaves the range of a `Decimal`.
  case arithmetic(DecimalError)
}

extension ReportRejection: CustomStringConvertible {
  /// The broken rule and the values that broke it.
  public var description: String {
    switch self {
    case .anotherOrder(let reported, let known):
      "the order is at the exchange as \(known) and as \(reported)"
    case .unexpectedOrder(let reported, let state):
      "the order ended as \(state.rawValue) before the exchange had it, and is there as \(reported)"
    case .illegal(let transition): transition.description
    case .exceedsQuantity(let filled, let quantity):
      "\(filled) traded exceed the order's \(quantity)"
    case .sumsDiffer(let reported, let expected):
      "\(reported) are reported as traded, and \(expected) follow from the reports before"
    case .arithmetic(let error): error.description
    }
  }
}

extension ReportRejection {
  /// Whether the exchange has an order that it must not have: a second one of the same name, or one that had ended before
  /// it was there.
  public var isStray: Bool {
    switch self {
    case .anotherOrder, .unexpectedOrder: true
    case .illegal, .exceedsQuantity, .sumsDiffer, .arithmetic: false
    }
  }
}
