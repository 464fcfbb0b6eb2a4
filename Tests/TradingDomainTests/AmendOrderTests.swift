import Core
import TestSupport
import Testing

@testable import TradingDomain

@Suite("AmendOrder")
struct AmendOrderTests {
  static let fees = FeeSchedule(rate: Decimal(unscaled: 1, scale: 4) ?? 0, scale: 4) ?? .free

  static func amend(
    _ order: Order, _ quantity: String? = nil, at limit: String? = nil, version: Int64? = nil,
    _ account: Account? = nil
  ) throws -> AmendOrder.Decision {
    let request = AmendOrder(
      quantity: try quantity.map { try Decimal($0) }, limitPrice: try limit.map { try Decimal($0) },
      version: version)
    return try request.decide(
      order, of: try account ?? Make.account(with: order), instrument: try Make.instrument(),
      at: Make.now + .seconds(1))
  }

  static func amended(_ decision: AmendOrder.Decision) throws -> Change {
    guard case .amended(let change) = decision else { throw SampleError.invalid }
    return change
  }

  static func held(_ decision: AmendOrder.Decision) throws -> Change {
    guard case .held(let change) = decision else { throw SampleError.invalid }
    return change
  }

  @Test("terms that cost no more are taken at once, keep the id and bump the version")
  func lower() throws {
    let order = try Make.order(.buy, "10", at: "100", fees: Self.fees, reserved: "1000.1")
    let change = try Self.amended(try Self.amend(order, "8", at: "99.5"))
    #expect(change.order.id == order.id && change.order.version == order.version + 1)
    #expect(change.order.quantity == (try Make.quantity("8")))
    #expect(change.order.limitPrice == (try Make.price("99.5")))
    #expect(change.order.state == .open)
    // 796 and one basis point of it.
    #expect(change.order.reservationTotal == (try Decimal("796.0796")))
    #expect(change.account.openNotional == 796)
    #expect(change.account.holding(of: Make.symbol).openBuyQuantity == 8)
    #expect(change.event?.type == .modified && change.event?.price == change.order.limitPrice)
    #expect(change.changesTerms && change.trade == nil)
    // A repetition of the request that placed it is still recognised.
    #expect(try Make.place(.buy, "10", at: "100").isRequest(for: change.order))
    #expect(!(try Make.place(.buy, "8", at: "99.5").isRequest(for: change.order)))
  }

  @Test("terms that cost more wait for their funds, and the order does not trade meanwhile")
  func raise() throws {
    let order = try Make.order(
      .buy, "10", at: "100", state: .partiallyFilled, filled: "4", filledNotional: "396",
      fees: Self.fees, charged: "0.0396", reserved: "996.0996")
    let held = try Self.held(try Self.amend(order, "20"))
    #expect(held.order.state == .pendingReplace && held.order.version == order.version + 1)
    #expect(held.order.terms == order.terms && held.event == nil && held.changesTerms)
    #expect(held.order.reservationTotal == order.reservationTotal)
    // The limits count the larger terms from now on.
    #expect(held.account.openNotional == 1600)
    #expect(held.account.holding(of: Make.symbol).openBuyQuantity == 16)
    #expect(try Self.amend(held.order, "20") == .underWay)
    #expect(throws: AmendOrderRejection.pending(.pendingReplace)) {
      try Self.amend(held.order, "21")
    }
    let later = Make.now + .seconds(2)
    let applied = try #require(
      EndAmendment.decide(held.order, of: held.account, shortage: nil, at: later))
    #expect(applied.order.state == .partiallyFilled)
    #expect(applied.order.quantity.value == 20 && applied.order.amendment == nil)
    #expect(applied.order.reservationTotal == (try Decimal("1996.1996")))
    #expect(applied.event?.type == .modified && applied.account.openNotional == 1600)
    let lacking = FundsShortage(asset: Asset(rawValue: "USD"), requested: 1000, available: 1)
    let withdrawn = try #require(
      EndAmendment.decide(held.order, of: held.account, shortage: lacking, at: later))
    #expect(withdrawn.order.state == .partiallyFilled && withdrawn.order.terms == order.terms)
    #expect(withdrawn.order.reservationTotal == order.reservationTotal)
    #expect(withdrawn.event?.type == .amendmentRejected && withdrawn.order.shortage == lacking)
    #expect(withdrawn.account.openNotional == 600)
    // Another one that is asked for begins anew.
    #expect(try Self.held(try Self.amend(withdrawn.order, "21")).order.shortage == nil)
    #expect(withdrawn.changesTerms && withdrawn.order.amendment == nil)
    // Canceled meanwhile: nothing is left to end.
    let canceled = try #require(try CancelOrder.decide(held.order, of: held.account, at: later))
    #expect(canceled.order.amendment == nil && canceled.changesTerms)
    #expect(canceled.order.reservationTotal == (try Decimal("396.0396")))
    #expect(canceled.account.openNotional == 0)
    #expect(
      EndAmendment.decide(canceled.order, of: canceled.account, shortage: nil, at: later) == nil)
  }

  @Test("a seller gives units: another price needs no funds, more units do")
  func seller() throws {
    let order = try Make.order(.sell, "10", at: "100", reserved: "10")
    #expect(try Self.amended(try Self.amend(order, at: "120")).order.reservationTotal == 10)
    #expect(try Self.amended(try Self.amend(order, "9")).order.reservationTotal == 9)
    #expect(try Self.held(try Self.amend(order, "11")).order.amendment?.quantity.value == 11)
  }

  @Test("down to what is filled already, the order is done")
  func downToFilled() throws {
    let order = try Make.order(
      .buy, "10", at: "100", state: .partiallyFilled, filled: "4", filledNotional: "396",
      fees: Self.fees, charged: "0.0396", reserved: "996.0996")
    let change = try Self.amended(try Self.amend(order, "4"))
    #expect(change.order.state == .filled && change.event?.type == .modified)
    #expect(change.order.reservationTotal == (try Decimal("396.0396")))
    #expect(change.account.workingOrders == 0 && change.account.openNotional == 0)
    #expect(throws: AmendOrderRejection.belowFilled(3, filled: 4)) { try Self.amend(order, "3") }
  }

  @Test("every state with every request: a table")
  func states() throws {
    for state in OrderState.allCases {
      let order = try Make.order(
        .buy, "10", at: "100", state: state, filled: state == .partiallyFilled ? "4" : "0",
        filledNotional: state == .partiallyFilled ? "400" : "0", reserved: "1000")
      let account = try Make.account(with: order)
      // What it is already is no change, however it stands.
      #expect(try Self.amend(order, "10", at: "100", account) == .unchanged)
      switch state {
      case .open, .partiallyFilled:
        #expect(try Self.amended(try Self.amend(order, "9", account)).order.state == state)
        #expect(throws: AmendOrderRejection.changed(2, asked: 1)) {
          try Self.amend(order, "9", version: 1, account)
        }
        #expect(throws: Never.self) { try Self.amend(order, "9", version: 2, account) }
        // The repetition of one that was applied states the version before.
        #expect(try Self.amend(order, "10", version: 1, account) == .unchanged)
      case .new, .pendingNew, .pendingReplace, .pendingCancel:
        #expect(throws: AmendOrderRejection.pending(state)) { try Self.amend(order, "9", account) }
      case .filled, .canceled, .rejected, .expired:
        #expect(throws: AmendOrderRejection.final(state)) { try Self.amend(order, "9", account) }
      }
    }
  }

  @Test("every wrong field is named")
  func violations() throws {
    let order = try Make.order(.buy, "10", at: "100", reserved: "1000")
    #expect(throws: AmendOrderRejection.invalid([.quantityMissing])) { try Self.amend(order) }
    #expect(
      throws: AmendOrderRejection.invalid([
        .quantityNotMultipleOfLot(try Decimal("1.5"), lotSize: 1),
        .limitPriceOffIncrement(try Decimal("1.001"), priceIncrement: try Decimal("0.01")),
      ])
    ) { try Self.amend(order, "1.5", at: "1.001") }
    let market = try Make.order(.buy, "10", protection: "105", reserved: "1050")
    #expect(throws: AmendOrderRejection.invalid([.limitPriceNotAllowed(100)])) {
      try Self.amend(market, "9", at: "100")
    }
    #expect(try Self.amended(try Self.amend(market, "9")).order.reservationTotal == 945)
  }

  @Test("the limits hold for the amended order, its own share not counted twice")
  func limits() throws {
    let order = try Make.order(.buy, "10", at: "100", reserved: "1000")
    func headroom(_ limits: RiskLimits, _ quantity: String) throws -> RiskRejection? {
      do throws(AmendOrderRejection) {
        let account = try? Make.account(with: order, limits)
        guard let account, let amount = try? Decimal(quantity) else { return nil }
        let request = AmendOrder(quantity: amount, limitPrice: nil, version: nil)
        guard let instrument = try? Make.instrument() else { return nil }
        _ = try request.decide(order, of: account, instrument: instrument, at: Make.now)
        return nil
      } catch {
        guard case .risk(let risk) = error else { throw error }
        return risk
      }
    }
    for (limits, most, limit) in [
      (try Make.limits(order: "1500"), "15", RiskLimit.orderNotional),
      (try Make.limits(position: "15"), "15", .position),
      (try Make.limits(open: "1500"), "15", .openNotional),
    ] {
      #expect(try headroom(limits, most) == nil)
      #expect(try headroom(limits, "16")?.limit == limit)
    }
    // An order over a limit that was lowered may become smaller, though not small enough.
    #expect(try headroom(try Make.limits(open: "100"), "9") == nil)
    #expect(try headroom(try Make.limits(open: "100"), "11")?.limit == .openNotional)
  }
}
