import AssetContract
import AssetService
import BrokerContract
import Core
import Events
import RPC
import RPCInProcess
import ServiceKit
import Synchronization
import TestSupport
import Testing
import TradingContract
import TradingService

/// The service that keeps the funds, as trading and an operator see it.
final class FundsFixture: Sendable {
  /// More than a test spends that is not about funds.
  static let plenty = ["USD": "1000000000", "AAPL": "1000000", "MSFT": "1000000"]

  let service: ServiceFixture
  private let switchboard = Switchboard()

  init() async throws {
    var topics: [String: Int] = [:]
    for topic in TradingService.definition.topics + [BrokerV1.Topics.brokerEvents.specification] {
      topics[topic.name] = topic.partitions
      topics[topic.deadLetter.name] = topic.deadLetter.partitions
    }
    service = try await ServiceFixture(
      AssetService.definition,
      settings: ["ASSET_LISTED": Self.plenty.keys.sorted().joined(separator: ",")], topics: topics)
  }

  /// The way to it for trading; closed while ``setAway(_:)`` says so.
  var channel: any RPCChannel {
    SwitchedChannel(base: service.channel(as: "trading"), switchboard: switchboard)
  }

  /// Refuses trading's calls, or answers again.
  func setAway(_ isAway: Bool) { switchboard.isAway.withLock { $0 = isAway } }

  /// Leaves trading's calls without any answer, or answers again.
  func setSilent(_ isSilent: Bool) { switchboard.isSilent.withLock { $0 = isSilent } }

  /// Carries out the next calls of a method, and loses their answers.
  func loseAnswers(of method: String, _ count: Int) {
    switchboard.lost.withLock { $0[method] = count }
  }

  /// Carries out the next call of a method, and keeps its answer back until ``deliverAnswers()``.
  func holdAnswer(of method: String) { switchboard.held.withLock { $0 = method } }

  /// Whether a call's answer is kept back.
  var holdsAnswer: Bool { switchboard.isHolding.withLock(\.self) }

  /// Delivers the answer that is kept back.
  func deliverAnswers() { switchboard.isHolding.withLock { $0 = false } }

  private func operatorOptions() throws -> CallOptions {
    let claims = service.tokens.claims(
      for: TradingFixture.newUser(), roles: ["operator"], scopes: ["read", "operate"])
    return try ServiceFixture.options(token: try service.tokens.token(claims))
  }

  /// Credits an account, as an operator.
  func deposit(_ amount: String, _ asset: String, to user: String) async throws {
    var request = AssetV1.CreateDepositRequest()
    request.accountID = user
    request.asset = asset
    request.amount = try Decimal(amount)
    request.reference = TradingFixture.newUser()
    _ = try await AssetV1.AssetServiceClient(service.channel())
      .createDeposit(request, options: try operatorOptions())
  }

  /// What a user has of an asset: available and reserved.
  func wallet(_ asset: String, of user: String) async throws -> [Decimal] {
    let wallets = try await AssetV1.AssetServiceClient(service.channel())
      .listWallets(AssetV1.ListWalletsRequest(), options: try service.options(user: user)).wallets
    guard let wallet = wallets.first(where: { $0.asset == asset }) else { return [0, 0] }
    return [wallet.available ?? 0, wallet.reserved ?? 0]
  }

  /// What the whole ledger adds up to.
  func trialBalance() async throws -> AssetV1.TrialBalance {
    try await AssetV1.AssetServiceClient(service.channel())
      .getTrialBalance(AssetV1.GetTrialBalanceRequest(), options: try operatorOptions())
  }

  /// Runs the service's tasks and the relay of its events beside `body`.
  func running<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
    let environment = service.environment
    let parts = service.parts
    return try await withBackground(
      {
        await withTaskGroup { group in
          for task in parts.tasks { group.addTask { try? await task.run() } }
          group.addTask {
            await OutboxRelay(
              environment.outbox, topics: AssetService.definition.topics,
              database: environment.database, kafka: environment.kafka, logger: .quiet
            ).run()
          }
        }
      }, body: body)
  }
}

/// A user's money, brought in before it is needed.
actor Purse {
  private let user: String
  private let deposits: [String: String]
  nonisolated let funds: FundsFixture
  private var filling: Task<Void, any Error>?

  init(user: String, deposits: [String: String], funds: FundsFixture) {
    self.user = user
    self.deposits = deposits
    self.funds = funds
  }

  /// Makes the deposits, once.
  func fill() async throws {
    if filling == nil {
      let (user, deposits, funds) = (user, deposits, funds)
      filling = Task {
        for (asset, amount) in deposits {
          try await funds.deposit(amount, asset, to: user)
        }
      }
    }
    try await filling?.value
  }
}

/// What becomes of calls.
private final class Switchboard: Sendable {
  let isAway = Mutex(false)
  let isSilent = Mutex(false)
  let lost = Mutex<[String: Int]>([:])
  let held = Mutex<String?>(nil)
  let isHolding = Mutex(false)

  func holdsAnswer(of method: String) -> Bool {
    let isIt = held.withLock { held in
      guard let name = held, method.hasSuffix(name) else { return false }
      held = nil
      return true
    }
    if isIt { isHolding.withLock { $0 = true } }
    return isIt
  }

  func losesAnswer(of method: String) -> Bool {
    lost.withLock { lost in
      guard let key = lost.keys.first(where: { method.hasSuffix($0) }), let count = lost[key],
        count > 0
      else { return false }
      lost[key] = count - 1
      return true
    }
  }
}

/// A channel that a test can close, and that can lose answers.
private struct SwitchedChannel: RPCChannel {
  let base: any RPCChannel
  let switchboard: Switchboard

  func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
    if switchboard.isAway.withLock(\.self) {
      throw RPCError(.unavailable, "the service that keeps the funds is away")
    }
    while switchboard.isSilent.withLock(\.self) {
      do { try await Task.sleep(for: .milliseconds(5)) } catch {
        throw RPCError(.cancelled, "nobody waits any more")
      }
    }
    let call = try await base.open(head)
    if switchboard.holdsAnswer(of: head.method.method) {
      return SlowCall(base: call, switchboard: switchboard)
    }
    guard switchboard.losesAnswer(of: head.method.method) else { return call }
    return DeafCall(call)
  }
}

/// A call that is carried out, and whose answer is kept back on the way.
private final class SlowCall: ClientCall {
  let base: any ClientCall
  let switchboard: Switchboard

  init(base: any ClientCall, switchboard: Switchboard) {
    self.base = base
    self.switchboard = switchboard
  }

  var isAnswered: Bool { base.isAnswered }
  func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    try await base.write(message, compressed: compressed)
  }
  func writeLast(_ message: [UInt8]) async throws(RPCError) { try await base.writeLast(message) }
  func finishRequests() { base.finishRequests() }
  func cancel() { base.cancel() }
  func next() async throws(RPCError) -> [UInt8]? {
    let answer: Result<[UInt8]?, RPCError>
    do throws(RPCError) { answer = .success(try await base.next()) } catch {
      answer = .failure(error)
    }
    while switchboard.isHolding.withLock(\.self) { try? await Task.sleep(for: .milliseconds(5)) }
    return try answer.get()
  }
}
