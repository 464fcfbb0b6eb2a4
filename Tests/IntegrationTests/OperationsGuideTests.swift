import Core
import DevTools
import EdgeClient
import Foundation
import Kafka
import Postgres
import TestSupport
import Testing
import TradingContract

@testable import DevPlatform

/// What docs/operations.md tells people to type, typed: each of its blocks of commands runs as it stands there, against a
/// real platform, and what it names of programs is there.
@Suite struct OperationsGuideTests {
  private static let guide = "docs/operations.md"

  @Test("every block of commands does what the guide says", .timeLimit(.minutes(10)))
  func blocksRun() async throws {
    try await PlatformFixture.run(routing: [Trader.routedSymbol]) { platform in
      // The market is open when the first order is placed by hand.
      let trader = try await Trader.signUp("guide", on: platform)
      _ = try await trader.quote()
      let shell = try await GuideShell(platform)
      var told: Set<String> = []
      for block in try Self.blocks(of: Self.guide) {
        guard let topic = GuideShell.Topic(of: block) else {
          // A list of what is refused: no commands.
          #expect(block.hasPrefix("spiffe://"), "nobody has run this:\n\(block)")
          continue
        }
        told.insert("\(topic)")
        try await shell.run(block, about: topic, as: trader)
      }
      #expect(told.count == GuideShell.Topic.allCases.count, "the guide tells of \(told) only")
    }
  }

  /// The text between fences that say no language.
  static func blocks(of path: String) throws -> [String] {
    let text = try String(
      contentsOfFile: "\(PythonPeer.repository)/\(path)", encoding: .utf8)
    let parts = text.components(separatedBy: "\n```")
    // What follows an opening fence is at odd places, and begins with its language.
    return stride(from: 1, to: parts.count, by: 2).map { parts[$0] }
      .filter { $0.hasPrefix("\n") }.map { String($0.dropFirst()) }
  }

  @Test("every command and option that the documents name is there")
  func commandsExist() async throws {
    var commands: Set<String> = []
    for path in [Self.guide, "README.md", "CONTRIBUTING.md", "docs/following-a-request.md"] {
      let text = try String(
        contentsOfFile: "\(PythonPeer.repository)/\(path)", encoding: .utf8)
      for match in text.matches(of: /`alphintra ([a-z][^`\n]*)`/) {
        commands.insert(String(match.output.1))
      }
    }
    #expect(commands.count > 15, "too few were found to believe it: \(commands)")
    for command in commands.sorted() {
      let tokens = command.split(separator: " ").map { String($0) }
      let words = Array(tokens.prefix { $0.wholeMatch(of: /[a-z][a-z-]*/) != nil })
      let help = try await Program.run("alphintra", words + ["--help"])
      let usage = help.output.split(separator: "\n").first { $0.hasPrefix("USAGE: ") } ?? ""
      #expect(usage.hasPrefix("USAGE: alphintra \(words[0])"), "\(command): \(usage)")
      #expect(words.count == 1 || !usage.contains("<subcommand>"), "\(command): \(usage)")
      for option in tokens where option.hasPrefix("--") {
        let name = option.prefix { $0 != "=" }
        #expect(help.output.contains(name), "\(command): \(name) is no option")
      }
    }
  }
}

/// A terminal in a checkout beside a running platform.
private struct GuideShell {
  /// What a block of the guide is about.
  enum Topic: String, CaseIterable {
    case grpcurl, money, exchange, refusedReports, deadLetters, outbox, secrets

    init?(of block: String) {
      let marks: [(Topic, String)] = [
        (.grpcurl, "grpcurl "), (.money, "/api/trial-balance"), (.exchange, "FindExchangeOrder "),
        (.refusedReports, "refused_reports "), (.deadLetters, "dead-letters "),
        (.outbox, "alphintra outbox "), (.secrets, "kubectl "),
      ]
      guard let topic = marks.first(where: { block.contains($0.1) })?.0 else { return nil }
      self = topic
    }
  }

  let platform: Platform
  let folder: TemporaryFolder

  /// A folder that looks like a checkout in which `make dev` runs.
  init(_ platform: Platform) async throws {
    self.platform = platform
    folder = try TemporaryFolder()
    for (name, target) in [
      (".dev", platform.options.folder), ("deploy", "\(PythonPeer.repository)/deploy"),
    ] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(name)", withDestinationPath: target)
    }
  }

  func run(_ block: String, about topic: Topic, as trader: Trader) async throws {
    switch topic {
    case .grpcurl: try await callsTheMesh(block)
    case .money: try await movesMoney(block)
    case .exchange: try await looksForAnOrder(block, of: trader)
    case .refusedReports: try await readsRefusedReports(block)
    case .deadLetters: try await looksAfterDeadLetters(block, of: trader)
    case .outbox: try await looksAfterTheOutbox(block, of: trader)
    case .secrets: try await makesSecrets(block)
    }
  }

  /// Runs lines as they are typed, each of which must succeed.
  private func type(
    _ lines: String, environment: [String: String] = [:]
  ) async throws -> String {
    let script = """
      set -euo pipefail
      cd '\(folder.path)'
      PATH='\(Program.folder):\(PythonPeer.repository)/.build/python/bin':"$PATH"
      \(lines.replacing("localhost:8443", with: "localhost:\(await platform.port)"))
      """
    let outcome = try await Program.run("/bin/bash", ["-c", script], environment: environment)
    #expect(outcome.exitCode == 0, "\(lines)\n\(outcome)")
    return outcome.output
  }

  private func callsTheMesh(_ block: String) async throws {
    let said = await platform.supervisor.notification(of: PlatformMember.trading.name)
    let address = try #require(said["X_ADDRESSES"])
    let port = try #require(address.firstMatch(of: /:(\d+)/)).output.1
    let answers = try await type(block.replacing("PORT", with: port))
    #expect(answers.contains("alphintra.trading.v1.TradingService\n"))
    #expect(answers.contains("rpc PlaceOrder"))
    #expect(answers.contains(#""status": "SERVING""#), "\(answers)")
  }

  private func movesMoney(_ block: String) async throws {
    // The function and the tokens are those of the README's first order, which it places on the way.
    let first = try #require(
      try OperationsGuideTests.blocks(of: "README.md").first { $0.hasPrefix("alphintra() {") })
    let said = try await type("\(first)\nUSER_ID=$ADA\n\(block)")
    #expect(said.contains(#""clientOrderId""#) && said.contains(#""reference":"first""#))
    #expect(said.contains(#""reference":"wire-1""#), "\(said)")
    #expect(said.contains(#""balanced":true"#), "\(said)")
  }

  private func looksForAnOrder(_ block: String, of trader: Trader) async throws {
    let order = try await trader.placeOnce(
      .market(.buy, 1, of: Trader.routedSymbol, clientOrderID: "routed"))
    try await trader.wait(for: order.orderID, toBe: .filled)
    let said = try await type(block.replacing("ORDER_ID", with: order.orderID))
    let answers = said.split(separator: "\n")
    #expect(answers.count == 2, "\(said)")
    #expect(answers.allSatisfy { $0.contains(#""status":"FILLED""#) }, "\(said)")
    #expect(answers.last?.contains(#""asOf":"#) == true, "\(said)")
  }

  private func readsRefusedReports(_ block: String) async throws {
    let broker = try await settings(of: .brokerService)
    let password = try String(
      contentsOfFile: try #require(broker["BROKER_POSTGRES_PASSWORD_FILE"]), encoding: .utf8
    ).trimmingCharacters(in: .whitespacesAndNewlines)
    let database = try await platform.database()
    let url = "postgresql://broker:\(password)@127.0.0.1:\(database.port)/\(database.database)"
    let said = try await type(block, environment: ["BROKER_DATABASE_URL": url])
    // What must not be is not.
    #expect(said.hasPrefix("connection_id,sequence,") && said.split(separator: "\n").count == 1)
  }

  private func looksAfterDeadLetters(_ block: String, of trader: Trader) async throws {
    let producer = try KafkaProducer(
      KafkaConnection(brokers: .file(platform.brokerFile), clientID: "noise"))
    _ = try await producer.publish(
      KafkaRecord(
        topic: "trade_executions", key: Array(trader.userID.utf8), value: Array("noise".utf8)))
    await producer.close()
    let database = PostgresPool(try await platform.database(schema: "asset"))
    try await eventually { try await !database.query("SELECT FROM dead_letters").isEmpty }
    let id = try await database.query("SELECT id FROM dead_letters").one()
      .decode(Int64.self, "id")
    let said = try await type(
      block.replacing("SERVICE", with: "asset").replacing(" 17", with: " \(id)"),
      environment: try await settings(of: .asset))
    #expect(said.contains("1 failed, 0 waiting, 0 requeued"), "\(said)")
    #expect(said.contains("1 to be tried again"), "\(said)")
    #expect(said.contains("dead letter \(id) is given up"), "\(said)")
  }

  private func looksAfterTheOutbox(_ block: String, of trader: Trader) async throws {
    let database = PostgresPool(try await platform.database(schema: "trading"))
    let id = try await database.query(
      """
      INSERT INTO outbox (
        event_id, topic, key, sequence, event_type, payload, content_type, occurred_at)
      VALUES (gen_random_uuid(), 'order_events', \(trader.userID), 0, 'large',
        \([UInt8](repeating: 0x61, count: 2_000_000)), 'application/json', now())
      RETURNING id
      """
    ).one().decode(Int64.self, "id")
    try await eventually { try await !database.query("SELECT FROM outbox_refusals").isEmpty }
    let said = try await type(
      "{\n\(block)\n} | cut -c 1-200".replacing("SERVICE", with: "trading")
        .replacing(" 17", with: " \(id)"), environment: try await settings(of: .trading))
    #expect(said.contains("1 refused\n"), "\(said)")
    #expect(said.contains("event \(id) is given up; 0 behind it"), "\(said)")
  }

  /// Without a cluster: what kubectl would be given is there, it is put where there is a place for it, and the secrets are
  /// those that the pods mount.
  private func makesSecrets(_ block: String) async throws {
    let kubectl = """
      # What kubectl would do to a cluster of which `cluster` lists the namespaces.
      echo default > cluster
      into() {
        grep -qx "$1" cluster || { echo "Error from server (NotFound): namespaces \\"$1\\" not found" >&2; return 1; }
      }
      namespaces() { sed -n '/^kind: Namespace/,/^ *name:/s/^ *name: //p' "$@" >> cluster; }
      kubectl() {
        local said="kubectl $*" namespace=default is_dry=false
        while [ $# -gt 0 ]; do
          case "$1" in
            --namespace) namespace=$2; shift ;;
            --dry-run=client) is_dry=true ;;
            --from-file=*) test -s "${1##*=}" ;;
            --from-literal=*) test -n "${1##*=}" ;;
            --filename=-) sed 's/^/applied: /' > applied; into "$(sed -n 's/.*namespace=//p' applied)"; cat applied ;;
            --filename=*) test -f "${1#*=}"; namespaces "${1#*=}" ;;
            -k) test -f "$2/kustomization.yaml"; namespaces "$2"/*.yaml; shift ;;
          esac
          shift
        done
        case "$said" in *" create secret "*) $is_dry || into "$namespace" ;; esac
        echo "$said # namespace=$namespace"
      }
      """
    let said = try await type("\(kubectl)\n\(block)")
    let made = Set(said.matches(of: /secret generic ([a-z-]+)/).map { String($0.output.1) })
    let manifests = try Manifests("\(PythonPeer.repository)/deploy/kubernetes")
    let mounted = (manifests.deployments + manifests.jobs)
      .flatMap { $0.spec.template.spec.volumes ?? [] }.compactMap { $0.secret?.secretName }
    #expect(made == Set(mounted))
  }

  /// What the service itself is given, for a command that works as its role.
  private func settings(of member: PlatformMember) async throws -> [String: String] {
    try await ServiceDesk(member, of: platform).settings
  }
}
