import AssetDomain
import Core
import TestSupport
import Testing

/// Random orders whose messages come in every order, and more than once.
///
/// The orders are those of a trading service that keeps its word: a total at each version is what all
/// fills so far cost and the most that the rest may. What it tells is then shuffled.
@Suite("Reservations under shuffled messages")
struct ReservationSimulationTests {
  /// One thing that trading tells of an order.
  enum Message {
    case reserve(Reserve)
    case adjust(AdjustReservation)
    case capture(Capture)
  }

  /// An order as trading lives it.
  struct Story {
    let orderID: OrderID
    let terms: ReservationTerms
    /// What is told after the reservation, in the order in which it happened.
    var messages: [Message] = []
    /// What its fills moved.
    var given: Decimal = .zero
    var taken: Decimal = .zero

    init(_ number: Int, _ random: inout SeededGenerator) throws {
      orderID = OrderID(rawValue: "order-\(number)")
      let isBuy = Bool.random(using: &random)
      var rest = Decimal(Int.random(in: 1...50, using: &random))
      terms = try isBuy ? Make.buy(rest) : Make.sell(rest)
      var version: Int64 = 2
      tell(rest, version)
      for step in 0..<Int.random(in: 0...5, using: &random) where rest > 1 {
        version += 1
        if step == 3 {
          // Amended: less than before.
          rest = rest - 1
        } else {
          let most = try #require(Int("\(rest)"))
          let give = Decimal(Int.random(in: 1..<most, using: &random))
          let tenths = Int128(Int.random(in: 0...9, using: &random))
          let fee = try #require(Decimal(unscaled: tenths, scale: 1))
          let terms = try #require(
            SettlementTerms(
              orderID: orderID, give: give, take: 1, fee: fee, feeSide: isBuy ? .give : .take))
          given = given + give
          taken = taken + 1
          rest = rest - give
          messages.append(
            .capture(Capture(tradeID: TradeID(rawValue: "\(orderID)-\(step)"), terms: terms)))
        }
        tell(given + rest, version)
      }
      messages.append(
        .adjust(
          AdjustReservation(orderID: orderID, version: version + 1, total: given, isFinal: true)))
    }

    private mutating func tell(_ total: Decimal, _ version: Int64) {
      messages.append(
        .adjust(
          AdjustReservation(orderID: orderID, version: version, total: total, isFinal: false)))
    }
  }

  /// What asset management has stored.
  struct World {
    var account = Account(id: Make.accountID)
    var reservations: [OrderID: Reservation] = [:]
    var settlements: [TradeID: Settlement] = [:]
    var ledger: [LedgerTransaction] = []
    var refused = 0

    mutating func commit(_ change: Change?) {
      guard let change else { return }
      account = change.account
      if let after = change.reservation { reservations[after.orderID] = after }
      if let settlement = change.settlement { settlements[settlement.tradeID] = settlement }
      if let transaction = change.transaction { ledger.append(transaction) }
    }

    mutating func hear(_ message: Message) throws {
      let id = Make.id(ledger.count)
      switch message {
      case .reserve(let reserve):
        let existing = reservations[reserve.orderID]
        commit(try reserve.decide(for: account, existing: existing, id: id, at: Make.now))
      case .adjust(let adjust):
        let existing = reservations[adjust.orderID]
        commit(try adjust.decide(for: account, existing: existing, id: id, at: Make.now))
      case .capture(let capture):
        commit(
          try capture.decide(
            for: account, existing: reservations[capture.terms.orderID],
            settled: settlements[capture.tradeID], id: id, at: Make.now))
      }
    }

    func check() throws {
      for wallet in account.wallets.values {
        #expect(!wallet.available.isNegative && !wallet.reserved.isNegative)
        let postings = ledger.flatMap(\.postings).filter { $0.money.asset == wallet.asset }
        func sum(_ place: LedgerAccount) -> Decimal {
          postings.filter { $0.ledgerAccount == place }.map(\.money.amount).reduce(.zero, +)
        }
        #expect(sum(.available) == wallet.available && sum(.reserved) == wallet.reserved)
        #expect(LedgerAccount.allCases.map(sum).reduce(.zero, +) == .zero)
        let holds = reservations.values.filter { $0.terms?.giveAsset == wallet.asset }
        #expect(holds.map(\.held).reduce(.zero, +) == wallet.reserved)
        #expect(reservations.values.allSatisfy { !$0.held.isNegative })
      }
      #expect(ledger.map(\.sequence) == Array(1...Int64(ledger.count)))
    }
  }

  private func funded() throws -> World {
    var world = World()
    for asset in [Make.usd, Make.apple] {
      let create = try #require(
        CreateDeposit(
          money: Money(asset: asset, amount: 300), reference: "\(asset)",
          operatorID: UserID(rawValue: "operator")))
      world.commit(
        try create.decide(
          for: world.account, namesake: nil, depositID: DepositID(rawValue: "\(asset)"),
          id: Make.id(world.ledger.count), at: Make.now))
    }
    return world
  }

  @Test(
    "whatever comes when and how often, money adds up and nothing stays held", arguments: 1...40)
  func shuffled(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var world = try funded()
    var accepted: [Story] = []
    for number in 0..<30 {
      let story = try Story(number, &random)
      let reserve = Message.reserve(Reserve(orderID: story.orderID, terms: story.terms))
      do {
        try world.hear(reserve)
      } catch FundsRejection.insufficientFunds {
        world.refused += 1
        continue
      }
      accepted.append(story)
      // Everything again, and everything at any time: but for what the reservation precedes.
      var messages = story.messages + story.messages + [reserve]
      messages.shuffle(using: &random)
      for message in messages {
        do throws(any Error) { try world.hear(message) } catch FundsRejection.reservationClosed(_) {
          // Only a late repetition of the reservation is refused.
          guard case .reserve = message else {
            throw FundsRejection.reservationClosed(story.orderID)
          }
        }
        try world.check()
      }
    }
    for story in accepted {
      let reservation = try #require(world.reservations[story.orderID])
      #expect(reservation.state == .closed && reservation.captured == story.given)
    }
    #expect(world.account.wallets.values.allSatisfy { $0.reserved.isZero })
    #expect(world.account.confirmationSequence == Int64(world.settlements.count))
    #expect(accepted.count > 10 && world.settlements.count > 10)
  }

  @Test("a reservation that comes after the end of its order holds nothing", arguments: 1...10)
  func endedBefore(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var world = try funded()
    let funds = world.account.wallets
    for number in 0..<20 {
      let order = OrderID(rawValue: "order-\(number)")
      let end = AdjustReservation(orderID: order, version: 2, total: .zero, isFinal: true)
      let reserve = Reserve(orderID: order, terms: try Make.buy(5))
      var messages = [Message.adjust(end), .adjust(end), .reserve(reserve), .reserve(reserve)]
      messages.shuffle(using: &random)
      for message in messages {
        do throws(any Error) { try world.hear(message) } catch FundsRejection.reservationClosed(_) {
          world.refused += 1
        }
        try world.check()
      }
      #expect(world.reservations[order]?.state == .closed)
    }
    #expect(world.account.wallets.mapValues(\.available) == funds.mapValues(\.available))
    #expect(world.refused > 5)
  }
}
