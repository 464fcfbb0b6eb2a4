import AssetContract
import AssetDomain
import Core
import Events
import Postgres
import ProcessKit
import ServiceKit
import TestSupport
import Testing
import TradingContract

@testable import AssetService

/// How many transactions the database is asked for when trading tells of much at once.
@Suite(.timeLimit(.minutes(5))) struct EventRateTests {
  private static let owners = 200
  private static let ordersEach = 10
  /// Far less than a batch may have, since a poll may find less.
  private static let eventsATransaction = 50

  @Test("what has waited is applied by few transactions, each of many events")
  func fewTransactions() async throws {
    let fixture = try await AssetFixture()
    let users = (0..<Self.owners).map { _ in AssetFixture.newID() }
    let stories = try (0..<Self.ordersEach).flatMap { _ in
      try users.map { user in
        var story = TradingStory(of: user)
        try story.tell(.open, total: "60")
        try story.fill("1", at: "10", fee: "0.1")
        try story.tell(.filled, total: "10.1")
        return story
      }
    }
    try await Self.reserve(stories, of: users, in: fixture)
    // Interleaved, as a market does it.
    let told = (0..<2).flatMap { step in stories.map { $0.orderEvents[step] } }
    let traded = stories.flatMap(\.executions)
    try await fixture.publish(told, to: TradingV1.Topics.orderEvents)
    try await fixture.publish(traded, to: TradingV1.Topics.tradeExecutions)
    let count = told.count + traded.count
    try await fixture.running {
      try await eventually {
        try await fixture.count("SELECT count(*) FROM asset.inbox") == count
      }
    }
    let transactions = try await fixture.count(
      "SELECT count(DISTINCT xmin::text) FROM asset.inbox")
    #expect(transactions <= count / Self.eventsATransaction, "\(transactions)")
    let settled = try await fixture.count(
      """
      SELECT count(*) FROM asset.reservations r JOIN asset.settlements USING (order_id)
      WHERE is_final AND captured = total
      """)
    #expect(settled == stories.count)
    #expect(try await fixture.trialBalance().balanced)
  }

  /// Gives the owners money, and their orders a part of it.
  private static func reserve(
    _ stories: [TradingStory], of users: [String], in fixture: AssetFixture
  ) async throws {
    let environment = fixture.service.environment
    let books = FundsBooks(outbox: environment.outbox, clock: SystemClock(), crashPoints: .none)
    let usd = AssetID(rawValue: "USD")
    var operations = try users.map { user in
      FundsBooks.Submission(
        key: AccountID(rawValue: user),
        operation: .deposit(
          try #require(
            CreateDeposit(
              money: Money(asset: usd, amount: 10_000), reference: user,
              operatorID: UserID(rawValue: "operator")))))
    }
    operations += try stories.map { story in
      let terms = try #require(
        ReservationTerms(giveAsset: usd, takeAsset: AssetID(rawValue: "AAPL"), amount: 60))
      return FundsBooks.Submission(
        key: AccountID(rawValue: story.user),
        operation: .reserve(Reserve(orderID: OrderID(rawValue: story.order), terms: terms)))
    }
    var rest = operations[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(250))
      rest = rest.dropFirst(batch.count)
      try await environment.database.transaction { transaction in
        for outcome in try await books.apply(batch, in: transaction) { _ = try outcome.get() }
      }
    }
  }
}
