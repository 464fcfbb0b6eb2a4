import Core
import Testing

@testable import BrokerDomain

@Suite("ResolvePending")
struct ResolvePendingTests {
  private let late = Make.now + .seconds(6)

  private func decide(
    _ order: RoutedOrder, _ answer: ExchangeAnswer, at now: Instant? = nil
  ) -> ResolvePending.Decision {
    ResolvePending.decide(order, answer, window: Make.window, at: now ?? late)
  }

  @Test("an order that is found is left to its reports")
  func found() throws {
    for isCancelRequested in [false, true] {
      let order = try Make.order(.pendingNew, isCancelRequested: isCancelRequested)
      #expect(decide(order, .found) == .found)
    }
  }

  @Test("nothing is certain until a moment after the limit, by the exchange's clock alone")
  func waiting() throws {
    let limit = Make.now + Make.window
    for isCancelRequested in [false, true] {
      let order = try Make.order(.pendingNew, isCancelRequested: isCancelRequested)
      #expect(order.receiveUntil == limit)
      // However late it is here.
      let far = Make.now + .seconds(1_000_000)
      #expect(decide(order, .absent(asOf: Make.now), at: far) == .wait)
      #expect(decide(order, .absent(asOf: limit), at: far) == .wait)
      #expect(decide(order, .absent(asOf: limit + .microseconds(1)), at: far) != .wait)
    }
  }

  @Test("what is certainly not there is sent again, once that is stored")
  func resubmission() throws {
    let order = try Make.pending()
    guard case .resubmit(let change) = decide(order, .absent(asOf: late)) else {
      Issue.record("it is not sent again")
      return
    }
    #expect(change.order.submissions == 2 && change.order.version == 2)
    #expect(change.order.receiveUntil == late + Make.window)
    #expect(change.order.state == .pendingNew && change.event == nil)
    // The next submission has a limit of its own.
    #expect(decide(change.order, .absent(asOf: late)) == .wait)
  }

  @Test("what is certainly not there and not wanted any more ends, as wished or by its time")
  func ends() throws {
    let canceled = try Make.order(.pendingNew, isCancelRequested: true)
    guard case .end(let end) = decide(canceled, .absent(asOf: late)) else {
      Issue.record("it does not end")
      return
    }
    #expect(end.order.state == .canceled && end.event?.type == .canceled)
    #expect(end.event?.reportSequence == 0)

    let expired = try Make.pending(Make.terms(expiresAt: Make.now + .seconds(6)))
    guard case .end(let end) = decide(expired, .absent(asOf: late)) else {
      Issue.record("it does not expire")
      return
    }
    #expect(end.order.state == .expired && end.event?.type == .expired)
    // Before its time it is sent again.
    let early = Make.now + .seconds(6) - .microseconds(1)
    guard case .resubmit = decide(expired, .absent(asOf: early), at: early) else {
      Issue.record("it is not sent again")
      return
    }
  }

  @Test("an order that is not pending is settled, whatever the exchange says")
  func settled() throws {
    for state in RoutedOrderState.allCases where state != .pendingNew {
      #expect(decide(try Make.order(state), .absent(asOf: late)) == .settled)
      #expect(decide(try Make.order(state), .found) == .settled)
    }
  }

  @Test("a refused submission ends the order that is pending on it, and no other")
  func refusal() throws {
    let order = try Make.pending()
    let change = try #require(
      RefuseSubmission.decide(order, submission: 1, reason: "INVALID_REQUEST", at: late))
    #expect(change.order.state == .rejected && change.order.rejectReason == "INVALID_REQUEST")
    #expect(change.event?.type == .rejected)
    #expect(RefuseSubmission.decide(order, submission: 2, reason: "NO", at: late) == nil)
    for state in RoutedOrderState.allCases where state != .pendingNew {
      let other = try Make.order(state)
      #expect(RefuseSubmission.decide(other, submission: 1, reason: "NO", at: late) == nil)
    }
  }
}
