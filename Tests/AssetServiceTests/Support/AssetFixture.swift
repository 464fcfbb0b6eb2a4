import AssetContract
import Core
import Events
import Kafka
import Postgres
import Protobuf
import RPC
import ServiceKit
import TestSupport
import Testing
import TradingContract

@testable import AssetService

/// One replica of the asset service.
struct AssetFixture: Sendable {
  let service: ServiceFixture

  /// A replica with a database and a broker of its own, or those of another one.
  init(
    settings: [String: String] = [:], clock: any Core.Clock = SystemClock(),
    beside other: AssetFixture? = nil
  ) async throws {
    var topics: [String: Int] = [:]
    for topic in [
      TradingV1.Topics.orderEvents.specification, TradingV1.Topics.tradeExecutions.specification,
    ] {
      topics[topic.name] = topic.partitions
      topics[topic.deadLetter.name] = topic.deadLetter.partitions
    }
    service = try await ServiceFixture(
      AssetService.definition,
      settings: ["ASSET_LISTED": "USD,EUR,AAPL,MSFT"].merging(settings) { _, told in told },
      topics: topics, clock: clock,
      database: other?.service.database, cluster: other?.service.cluster)
  }

  /// An id that no other test knows: of a user, an order or a trade.
  static func newID() -> String { UUIDv7.make(now: SystemClock().now).description }

  /// The service as trading sees it.
  var trading: Trading {
    Trading(client: AssetV1.AssetServiceClient(service.channel(as: "trading")))
  }

  /// The service as an owner of wallets sees it.
  func owner(_ user: String = newID()) throws -> Owner {
    Owner(
      user: user, client: AssetV1.AssetServiceClient(service.channel()),
      options: try service.options(user: user))
  }

  /// Options of a call by an operator.
  func operatorOptions(_ user: String = newID()) throws -> CallOptions {
    let claims = service.tokens.claims(
      for: user, roles: ["operator"], scopes: ["read", "operate"])
    return try ServiceFixture.options(token: try service.tokens.token(claims))
  }

  /// Credits an account, as an operator.
  @discardableResult
  func deposit(
    _ amount: String, _ asset: String = "USD", to user: String, reference: String = newID(),
    by operatorID: String = newID(), key: String? = nil
  ) async throws -> AssetV1.Deposit {
    let request = try AssetV1.CreateDepositRequest.with {
      $0.accountID = user
      $0.asset = asset
      $0.amount = try Decimal(amount)
      $0.reference = reference
    }
    var options = try operatorOptions(operatorID)
    if let key { try options.metadata.add(IdempotencyKey.metadataName, key) }
    return try await AssetV1.AssetServiceClient(service.channel())
      .createDeposit(request, options: options)
  }

  /// What the whole ledger adds up to, as an operator.
  func trialBalance() async throws -> AssetV1.TrialBalance {
    try await AssetV1.AssetServiceClient(service.channel())
      .getTrialBalance(AssetV1.GetTrialBalanceRequest(), options: try operatorOptions())
  }

  /// Runs the service's tasks beside `body`, and has them end in order after it.
  func running<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
    try await withBackground(
      {
        await withTaskGroup { group in
          for task in service.parts.tasks { group.addTask { try? await task.run() } }
        }
      }, body: body)
  }

  /// Runs the service's tasks and the relay of its events beside `body`.
  func runningWithRelay<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
    try await running { try await withBackground({ await relay() }, body: body) }
  }

  /// Publishes what the outbox holds, until the task is cancelled.
  func relay() async {
    let environment = service.environment
    await OutboxRelay(
      environment.outbox, topics: AssetService.definition.topics,
      database: environment.database, kafka: environment.kafka, logger: .quiet
    ).run()
  }

  /// Publishes events as trading does.
  func publish<Event>(_ events: [EventEnvelope<Event>], to topic: Topic<Event>) async throws {
    let publisher = EventPublisher(
      service: "trading", connection: service.environment.kafka, clock: SystemClock())
    for outcome in await publisher.publish(events, to: topic) { _ = try outcome.get() }
    await publisher.close()
  }

  /// What the database says, as the superuser sees it.
  func count(_ query: PostgresQuery) async throws -> Int {
    try await service.database.pool.query(query).one().decode(Int.self, at: 0)
  }
}

/// What trading asks of the service.
struct Trading: Sendable {
  let client: AssetV1.AssetServiceClient

  @discardableResult
  func reserve(
    _ amount: String, _ give: String = "USD", for take: String = "AAPL", order: String,
    of account: String
  ) async throws -> AssetV1.Reservation {
    try await client.reserve(
      try .with {
        $0.orderID = order
        $0.accountID = account
        $0.giveAsset = give
        $0.takeAsset = take
        $0.amount = try Decimal(amount)
      })
  }

  @discardableResult
  func adjust(
    _ total: String, version: Int64, order: String, of account: String
  ) async throws -> AssetV1.Reservation {
    try await client.adjustReservation(
      try .with {
        $0.orderID = order
        $0.accountID = account
        $0.version = version
        $0.total = try Decimal(total)
      })
  }

  @discardableResult
  func release(
    _ total: String, version: Int64, order: String, of account: String
  ) async throws -> AssetV1.Reservation {
    try await client.release(
      try .with {
        $0.orderID = order
        $0.accountID = account
        $0.version = version
        $0.total = try Decimal(total)
      })
  }

  @discardableResult
  func capture(
    _ trade: String, give: String, take: String, fee: String, _ side: AssetV1.FeeSide = .give,
    order: String, of account: String
  ) async throws -> AssetV1.CaptureResponse {
    try await client.capture(
      try .with {
        $0.tradeID = trade
        $0.orderID = order
        $0.accountID = account
        $0.giveAmount = try Decimal(give)
        $0.takeAmount = try Decimal(take)
        $0.feeAmount = try Decimal(fee)
        $0.feeSide = side
      })
  }
}

/// An owner of wallets.
struct Owner: Sendable {
  let user: String
  let client: AssetV1.AssetServiceClient
  let options: CallOptions

  func wallets() async throws -> [AssetV1.Wallet] {
    try await client.listWallets(.with { $0.pageSize = 500 }, options: options).wallets
  }

  /// Available and reserved of an asset.
  func funds(_ asset: String = "USD") async throws -> [Decimal?] {
    guard let wallet = try await wallets().first(where: { $0.asset == asset }) else { return [] }
    #expect(wallet.total == (wallet.available ?? 0) + (wallet.reserved ?? 0))
    return [wallet.available, wallet.reserved]
  }

  func transactions() async throws -> [AssetV1.LedgerTransaction] {
    try await client.listTransactions(.with { $0.pageSize = 500 }, options: options).transactions
  }
}

/// The error a call failed with.
func failure<R>(of body: () async throws -> R) async -> RPCError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? RPCError
  }
}
