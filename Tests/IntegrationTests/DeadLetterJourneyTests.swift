import AssetContract
import Core
import EdgeClient
import Foundation
import Kafka
import NIOHTTP1
import Postgres
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// A trade that asset management cannot settle, from the order to the operator who brings it back, and
/// bytes that are no trade, until they are given up: by the commands that a person calls.
@Suite struct DeadLetterJourneyTests {
  @Test(.timeLimit(.minutes(10)), arguments: TestBroker.allCases)
  func poisonedEvents(broker: TestBroker) async throws {
    try await PlatformFixture.run {
      try broker.apply(to: &$0)
    } _: { platform in
      let ada = try await Trader.signUp("ada", on: platform)
      let bob = try await Trader.signUp("bob", on: platform)
      let desk = try await DeadLetterDesk(platform)
      let poison = Poison(account: ada.userID, try await platform.database(schema: "asset"))

      try await poison.pour()
      try await ada.buyOne("first")
      try await ada.buyOne("second")
      try await bob.buyOne("first")
      // Another account's trade is settled, and of this one neither is.
      try await eventually { try await bob.shares() == 1 }
      try await eventually { try await desk.counts() == "1 failed, 1 waiting, 0 requeued" }
      #expect(try await ada.shares() == 0)
      #expect(try await poison.tries() == 5)
      let told = try await PublishedEvents(
        of: "trade_executions.dlq", brokers: .file(platform.brokerFile))
      #expect(told.ids.count == 1)
      let first = try #require(try await desk.letters().first)
      #expect(first.contains("asset-trade-executions  trade_executions  key \(ada.userID)"))
      #expect(first.contains("tried 5"), "\(first)")
      try await desk.wakesSomebody(failed: 1)

      try await isTriedInVain(first, by: desk, poison)
      try await poison.takeAway()
      let requeued = try await desk.run("requeue", "asset", DeadLetterDesk.number(of: first))
      #expect(requeued.output.hasPrefix("2 to be tried again"), "\(requeued)")
      try await eventually { try await ada.shares() == 2 }
      try await eventually { try await desk.counts() == "0 failed, 0 waiting, 0 requeued" }

      try await noise(behind: ada, on: platform, desk)
      try await refusals(by: desk)
      let client = try await platform.operator().logIn(try await platform.client())
      #expect(try await client.trialBalance().balanced)
      let ledger = LedgerAudit(try await platform.database(schema: "trading"))
      try await eventually { try await ledger.fundsDisagreements() == 0 }
      try await ledger.check()
    }
  }

  /// Requeued before anything is mended, it fails once more, and its key waits on.
  private func isTriedInVain(
    _ letter: String, by desk: DeadLetterDesk, _ poison: Poison
  ) async throws {
    let outcome = try await desk.run("requeue", "asset", "--all")
    #expect(outcome.exitCode == 0, "\(outcome)")
    try await eventually { try await poison.tries() == 6 }
    try await eventually { try await desk.counts() == "1 failed, 1 waiting, 0 requeued" }
    let again = try await desk.letters().first
    #expect(again?.contains("tried 6") == true, "\(again ?? "none")")
    #expect(again.map(DeadLetterDesk.number) == DeadLetterDesk.number(of: letter))
  }

  /// Bytes that are no trade are tried once, and what comes of their key waits until they are given up.
  private func noise(
    behind trader: Trader, on platform: Platform, _ desk: DeadLetterDesk
  ) async throws {
    let id = "019ab000-0000-7000-8000-000000000017"
    let record = KafkaRecord(
      topic: "trade_executions", key: Array(trader.userID.utf8), value: Array("no trade".utf8),
      headers: [
        KafkaHeader("event_id", id), KafkaHeader("event_type", "noise"),
        KafkaHeader("occurred_at", "2026-01-01T00:00:00Z"), KafkaHeader("producer", "nobody"),
        KafkaHeader("sequence", "0"),
      ])
    let producer = try KafkaProducer(
      KafkaConnection(brokers: .file(platform.brokerFile), clientID: "noise"))
    _ = try await producer.publish(record)
    try await eventually { try await desk.counts() == "1 failed, 0 waiting, 0 requeued" }
    try await trader.buyOne("third")
    try await eventually { try await desk.counts() == "1 failed, 1 waiting, 0 requeued" }
    let letter = try #require(try await desk.letters().first)
    #expect(letter.contains("\(id)  tried 1"), "\(letter)")
    let shown = try await desk.run("show", "asset", DeadLetterDesk.number(of: letter))
    #expect(shown.output.contains("reason: payload is not a "), "\(shown)")
    #expect(shown.output.hasSuffix("no trade\n"), "\(shown)")

    let given = try await desk.run("discard", "asset", DeadLetterDesk.number(of: letter))
    #expect(given.output.hasSuffix("is given up; 1 behind it to be tried\n"), "\(given)")
    try await eventually { try await trader.shares() == 3 }
    // Given up for good: it is not put aside when it comes again.
    _ = try await producer.publish(record)
    await producer.close()
    try await trader.buyOne("fourth")
    try await eventually { try await trader.shares() == 4 }
    #expect(try await desk.counts() == "0 failed, 0 waiting, 0 requeued")
    #expect(
      try await desk.service.metric("dead_letters", #"{service="asset",state="failed"}"#) == "0")
  }

  private func refusals(by desk: DeadLetterDesk) async throws {
    for command in ["show", "requeue", "discard"] {
      let missing = try await desk.run(command, "asset", "99999")
      #expect(missing.exitCode == 1)
      #expect(missing.errors.contains("there is no dead letter 99999"), "\(missing.errors)")
    }
    let other = try await desk.run("list", "auth")
    #expect(other.exitCode == 64)
    #expect(other.errors.contains("auth consumes no events"), "\(other.errors)")
  }
}

/// Whoever looks after asset management's dead letters, and what watches over it.
private struct DeadLetterDesk {
  let service: ServiceDesk

  init(_ platform: Platform) async throws { service = try await ServiceDesk(.asset, of: platform) }

  func run(_ arguments: String...) async throws -> Program.Outcome {
    try await service.run(["dead-letters"] + arguments)
  }

  /// What a list ends with.
  func counts() async throws -> String {
    let outcome = try await run("list", "asset")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").last.map { String($0) } ?? ""
  }

  func letters() async throws -> [String] {
    try await run("list", "asset").output.split(separator: "\n").dropLast().map { String($0) }
  }

  static func number(of letter: String) -> String { String(letter.prefix(while: \.isNumber)) }

  /// The metric says so, and what it says fires the alert.
  func wakesSomebody(failed count: Int) async throws {
    let labels = #"service="asset",state="failed""#
    let value = try #require(try await service.metric("dead_letters", "{\(labels)}"))
    #expect(value == "\(count)")
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: "\(PythonPeer.repository)/deploy/monitoring/alerts.yaml",
      toPath: "\(folder.path)/alerts.yaml")
    let test = """
      rule_files: [alerts.yaml]
      evaluation_interval: 1m
      tests:
        - interval: 1m
          input_series: [{series: 'dead_letters{app="asset-service",\(labels)}', values: \(value)x9}]
          alert_rule_test:
            - alertname: EventsArePutAside
              eval_time: 5m
              exp_alerts:
                - exp_labels: {severity: page, app: asset-service, service: asset}
                  exp_annotations:
                    summary: asset could not apply \(count) events
                    description: "What comes of the same keys waits behind them: `alphintra dead-letters list asset` says why."
      """
    try test.write(toFile: "\(folder.path)/test.yaml", atomically: true, encoding: .utf8)
    let check = try await Program.run(
      "\(PythonPeer.repository)/.build/tools/promtool",
      ["test", "rules", "\(folder.path)/test.yaml"])
    #expect(check.exitCode == 0, "\(check)")
  }
}

/// Has the database refuse an account's settlements, and count how often one is tried: what is rolled back
/// leaves a sequence where it is.
private struct Poison {
  let account: String
  let database: PostgresPool

  init(account: String, _ configuration: PostgresConfiguration) {
    self.account = account
    database = PostgresPool(configuration)
  }

  func pour() async throws {
    for statement in [
      "CREATE SEQUENCE public.tries",
      """
      CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        IF EXISTS (SELECT FROM settled WHERE account_id = '\(account)') THEN
          -- What fails with others is no try of this one.
          IF (SELECT count(*) FROM settled) = 1 THEN PERFORM nextval('public.tries'); END IF;
          RAISE EXCEPTION 'poisoned';
        END IF;
        RETURN NULL;
      END $$
      """,
      """
      CREATE TRIGGER poison AFTER INSERT ON asset.settlements REFERENCING NEW TABLE AS settled
      FOR EACH STATEMENT EXECUTE FUNCTION public.refuse()
      """,
    ] { try await database.execute(PostgresQuery(unsafeSQL: statement)) }
  }

  func takeAway() async throws {
    try await database.execute("DROP TRIGGER poison ON asset.settlements")
  }

  func tries() async throws -> Int {
    try await database.query(
      "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS tries FROM public.tries"
    ).one().decode(Int.self, "tries")
  }
}

extension Trader {
  /// Buys a share, and waits until trading has it.
  fileprivate func buyOne(_ name: String) async throws {
    let order = try await placeOnce(.market(.buy, 1, of: Self.symbol, clientOrderID: name))
    try await wait(for: order.orderID, toBe: .filled)
  }

  /// How many shares the wallet has.
  fileprivate func shares() async throws -> Core.Decimal {
    try await Self.patiently { try await client.wallets() }
      .first { $0.asset == Self.symbol }?.available ?? 0
  }
}
