import Core
import ExchangeContract
import Mesh
import Protobuf
import RPC
import RPCInProcess
import Synchronization
import TestSupport

/// An exchange that keeps the promises of its contract, and whose network and market the test scripts.
final class ScriptedExchange: Sendable {
  struct State {
    var orders: [ExchangeV1.ExchangeOrder] = []
    var reports: [ExchangeV1.ExecutionReport] = []
    var submissions: [ExchangeV1.SubmitExchangeOrderRequest] = []
    /// Submissions that came while an earlier one of the same name could still be taken.
    var unsafeSubmissions: [ExchangeV1.SubmitExchangeOrderRequest] = []
    var findCount = 0
    var cancelCount = 0
    var watches: [Int64] = []
    var subscribers: [Int: Subscriber] = [:]
    var subscriberCount = 0
    /// What the next submissions are refused with.
    var refusals: [RPCError] = []
    /// Whether orders are taken and not told of until it ends.
    var isSilent = false
    var executionCount = 0
    /// Whether submissions are taken and never answered.
    var neverAnswers = false
  }

  /// A stream that is open.
  struct Subscriber {
    let account: String
    let stream: AsyncStream<ExchangeV1.ExecutionReport>.Continuation
  }

  let clock: ManualClock
  let network = ScriptedNetwork()
  let state = Mutex(State())

  init(clock: ManualClock) { self.clock = clock }

  /// The way to it for the broker.
  var channel: any RPCChannel {
    let methods = ExchangeV1.ExchangeServiceMethods.self
    var router = RPCRouter(services: [], accessController: AccessGuard(verifier: NoUsers()))
    router.unary(methods.submitExchangeOrder, submit)
    router.unary(methods.findExchangeOrder, find)
    router.unary(methods.cancelExchangeOrder, cancel)
    router.serverStreaming(methods.watchExecutionReports, watch)
    return ScriptedChannel(
      base: InProcessServer(router).channel(as: PeerIdentity(service: "broker")), network: network)
  }

  /// How often each order is there.
  func count(of clientOrderID: String) -> Int {
    state.withLock { $0.orders.count { $0.clientOrderID == clientOrderID } }
  }

  var findCount: Int { state.withLock(\.findCount) }
  var submissions: [ExchangeV1.SubmitExchangeOrderRequest] { state.withLock(\.submissions) }
  var isSafe: Bool { state.withLock(\.unsafeSubmissions.isEmpty) }

  /// Trades a part of an order.
  ///
  /// - Throws: When there is no such order, or it is over.
  func fill(_ clientOrderID: String, _ quantity: Decimal, at price: Decimal) throws {
    try state.withLock { state in
      let index = state.orders.lastIndex { $0.clientOrderID == clientOrderID && $0.isWorking }
      guard let index else { throw RPCError(.notFound, "\(clientOrderID) does not work") }
      try fill(index, quantity, at: price, in: &state)
    }
  }

  /// Trades all that is left of every order that works.
  func fillAll(at price: Decimal) throws {
    try state.withLock { state in
      for index in state.orders.indices where state.orders[index].isWorking {
        let order = state.orders[index]
        let left = (order.quantity ?? .zero) - (order.filledQuantity ?? .zero)
        try fill(index, left, at: price, in: &state)
      }
    }
  }

  private func fill(
    _ index: Int, _ quantity: Decimal, at price: Decimal, in state: inout State
  ) throws {
    var order = state.orders[index]
    order.filledQuantity = (order.filledQuantity ?? .zero) + quantity
    order.filledNotional = try (order.filledNotional ?? .zero) + price.multiplied(by: quantity)
    order.status = order.filledQuantity == order.quantity ? .filled : .partiallyFilled
    state.executionCount += 1
    var report = ExchangeV1.ExecutionReport()
    report.executionID = "e\(state.executionCount)"
    report.lastQuantity = quantity
    report.lastPrice = price
    state.orders[index] = order
    append(report, .trade, order, to: &state)
  }

  /// Ends an order by its time.
  func expire(_ clientOrderID: String) {
    state.withLock { state in
      guard let index = state.orders.lastIndex(where: { $0.clientOrderID == clientOrderID }) else {
        return
      }
      state.orders[index].status = .expired
      append(ExchangeV1.ExecutionReport(), .expired, state.orders[index], to: &state)
    }
  }

  /// Adds a report of the test's own making.
  func report(
    _ type: ExchangeV1.ExecutionReportType, _ order: ExchangeV1.ExchangeOrder,
    change: (inout ExchangeV1.ExecutionReport) -> Void = { _ in }
  ) {
    state.withLock { state in
      var report = ExchangeV1.ExecutionReport()
      change(&report)
      append(report, type, order, to: &state)
    }
  }

  func order(_ clientOrderID: String) -> ExchangeV1.ExchangeOrder? {
    state.withLock { $0.orders.last { $0.clientOrderID == clientOrderID } }
  }

  /// Takes orders without telling of them, until it is ended.
  func setSilent(_ isSilent: Bool) {
    state.withLock { state in
      state.isSilent = isSilent
      guard !isSilent else { return }
      for subscriber in state.subscribers.values {
        for report in state.reports where report.order?.account == subscriber.account {
          subscriber.stream.yield(report)
        }
      }
    }
  }

  /// Sends something to the open streams that the account's reports do not have there.
  func disturb(_ report: ExchangeV1.ExecutionReport) {
    state.withLock { state in
      for subscriber in state.subscribers.values { subscriber.stream.yield(report) }
    }
  }

  /// Ends the open streams.
  func breakStreams() {
    state.withLock { state in
      for subscriber in state.subscribers.values { subscriber.stream.finish() }
      state.subscribers = [:]
    }
  }

  private func append(
    _ report: ExchangeV1.ExecutionReport, _ type: ExchangeV1.ExecutionReportType,
    _ order: ExchangeV1.ExchangeOrder, to state: inout State
  ) {
    var report = report
    report.sequence = Int64(state.reports.count { $0.order?.account == order.account }) + 1
    report.type = type
    report.order = order
    report.reportedAt = Google.Timestamp(clock.now)
    state.reports.append(report)
    guard !state.isSilent else { return }
    for subscriber in state.subscribers.values where subscriber.account == order.account {
      subscriber.stream.yield(report)
    }
  }

  // MARK: - RPCs

  private func submit(
    _ request: ExchangeV1.SubmitExchangeOrderRequest, context: ServerContext
  ) async throws -> ExchangeV1.ExchangeOrder {
    let order = try take(request)
    while state.withLock(\.neverAnswers) { try await Task.sleep(for: .seconds(3600)) }
    return order
  }

  private func take(
    _ request: ExchangeV1.SubmitExchangeOrderRequest
  ) throws(RPCError) -> ExchangeV1.ExchangeOrder {
    try state.withLock { state throws(RPCError) in
      // Under the lock, as where a question is answered: what comes second reads a later time.
      let now = clock.now
      let mayBeTaken = state.submissions.contains { earlier in
        guard let limit = earlier.receiveUntil?.instant else { return false }
        return earlier.clientOrderID == request.clientOrderID && now <= limit
      }
      if mayBeTaken { state.unsafeSubmissions.append(request) }
      state.submissions.append(request)
      if !state.refusals.isEmpty { throw state.refusals.removeFirst() }
      guard let limit = request.receiveUntil?.instant, now <= limit else {
        throw RPCError(
          .failedPrecondition, "too late",
          details: [
            .errorInfo(
              reason: "REQUEST_TOO_LATE", domain: "exchange.alphintra.com", metadata: [:])
          ])
      }
      var order = ExchangeV1.ExchangeOrder()
      order.exchangeOrderID = UUIDv7.make(now: now).description
      order.account = request.account
      order.clientOrderID = request.clientOrderID
      order.symbol = request.symbol
      order.side = request.side
      order.quantity = request.quantity
      order.limitPrice = request.limitPrice
      order.expiresAt = request.expiresAt
      order.filledQuantity = .zero
      order.filledNotional = .zero
      order.createdAt = Google.Timestamp(now)
      let isKnown = request.symbol != "NONE"
      order.status = isKnown ? .open : .rejected
      order.rejectReason = isKnown ? "" : "UNKNOWN_SYMBOL"
      state.orders.append(order)
      append(ExchangeV1.ExecutionReport(), isKnown ? .accepted : .rejected, order, to: &state)
      return order
    }
  }

  private func find(
    _ request: ExchangeV1.FindExchangeOrderRequest, context: ServerContext
  ) async throws -> ExchangeV1.FindExchangeOrderResponse {
    state.withLock { state in
      let now = clock.now
      state.findCount += 1
      var response = ExchangeV1.FindExchangeOrderResponse()
      response.order = state.orders.last {
        $0.clientOrderID == request.clientOrderID && $0.account == request.account
      }
      response.asOf = Google.Timestamp(now)
      return response
    }
  }

  private func cancel(
    _ request: ExchangeV1.CancelExchangeOrderRequest, context: ServerContext
  ) async throws -> ExchangeV1.ExchangeOrder {
    try state.withLock { state throws(RPCError) in
      state.cancelCount += 1
      let index = state.orders.firstIndex { $0.exchangeOrderID == request.exchangeOrderID }
      guard let index else { throw RPCError(.notFound, "no such order") }
      guard state.orders[index].isWorking else { return state.orders[index] }
      state.orders[index].status = .canceled
      append(ExchangeV1.ExecutionReport(), .canceled, state.orders[index], to: &state)
      return state.orders[index]
    }
  }

  private func watch(
    _ request: ExchangeV1.WatchExecutionReportsRequest,
    responses: RPCWriter<ExchangeV1.ExecutionReport>, context: ServerContext
  ) async throws {
    let (reports, continuation) = AsyncStream<ExchangeV1.ExecutionReport>.makeStream()
    let id = state.withLock { state in
      state.watches.append(request.afterSequence)
      state.subscriberCount += 1
      state.subscribers[state.subscriberCount] = Subscriber(
        account: request.account, stream: continuation)
      if !state.isSilent {
        for report in state.reports
        where report.order?.account == request.account && report.sequence > request.afterSequence {
          continuation.yield(report)
        }
      }
      return state.subscriberCount
    }
    defer { state.withLock { $0.subscribers[id] = nil } }
    for await report in reports { try await responses.write(report) }
    throw RPCError(.unavailable, "the exchange goes away")
  }
}

extension ExchangeV1.ExchangeOrder {
  fileprivate var isWorking: Bool { status == .open || status == .partiallyFilled }
}
