import Certificates
import DevPlatform
import DevTools
import Foundation
import TestSupport
import Testing

/// The command lines: help everywhere, and errors that say what to do.
@Suite struct ProgramTests {
  @Test(arguments: [
    [], ["serve"], ["migrate"], ["operator"], ["operator", "create"], ["dev"], ["demo"],
    ["dev-broker"], ["certs"], ["call"], ["up"], ["topics"], ["topics", "apply"],
    ["topics", "check"], ["dead-letters"], ["dead-letters", "requeue"],
  ])
  func everyCommandHasHelp(command: [String]) async throws {
    let outcome = try await Program.run("alphintra", command + ["--help"])
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.contains("OVERVIEW"))
    #expect(outcome.output.contains("USAGE"))
  }

  @Test func theGatewayHasHelp() async throws {
    let outcome = try await Program.run("alphintra-gateway", ["--help"])
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.contains("GATEWAY_TLS_CERTIFICATE"))
  }

  @Test(arguments: [
    (["serve"], "alphintra serve trading"),
    (["serve", "banking"], "there is no service \"banking\": the services are"),
    (["serve", "--all", "auth"], "give it without names"),
    (["operator", "create"], "--email"),
    (["dev-broker", "--address-file", "broker"], "takes an absolute path"),
    (["certs", "--check", "--rotate"], "--check changes nothing"),
    (["certs", "--lifetime", "1y"], "--lifetime"),
    (["dead-letters", "list", "banking"], "there is no service \"banking\""),
    (["dead-letters", "list", "auth"], "auth consumes no events"),
    (["call"], "name an RPC; `alphintra call --list` shows all"),
    (["call", "--list", "PlaceOrder"], "--list stands alone"),
    (["call", "--describe", "PlaceOrdr"], "did you mean TradingService/PlaceOrder?"),
    (["call", "PlaceOrdr"], "did you mean TradingService/PlaceOrder?"),
    (["call", "PlaceOrder", "--pretty", "--compact"], "--compact"),
  ])
  func aWrongCommandLineIsExplained(arguments: [String], explanation: String) async throws {
    let outcome = try await Program.run("alphintra", arguments)
    #expect(outcome.exitCode == 64)
    #expect(outcome.errors.contains(explanation), "\(outcome.errors)")
  }

  @Test func aServiceNamesEverySettingThatIsWrong() async throws {
    let outcome = try await Program.run(
      "alphintra", ["serve", "trading"],
      environment: ["TRADING_LISTEN_PORT": "http", "LOG_FORMAT": "json"])
    #expect(outcome.exitCode == 64)
    for variable in ["TRADING_LISTEN_PORT", "TRADING_TLS_CERTIFICATE", "TRADING_KAFKA_BROKERS"] {
      #expect(outcome.errors.contains(variable), "\(outcome.errors)")
    }
  }

  @Test func theGatewayNamesEverySettingThatIsWrong() async throws {
    let outcome = try await Program.run(
      "alphintra-gateway", [],
      environment: [
        "GATEWAY_LISTEN_PORT": "80000", "GATEWAY_ALLOWED_ORIGINS": "example.com",
        "GATEWAY_RATE_ORDERS": "100", "GATEWAY_RATE_MARKET_DATA": "0/60",
        "GATEWAY_TRUSTED_PROXIES": "10.0.0.0/33", "REDIS_URL": "redis://user:canary@localhost",
      ])
    #expect(outcome.exitCode == 64)
    for variable in [
      "GATEWAY_LISTEN_PORT", "GATEWAY_ALLOWED_ORIGINS", "GATEWAY_RATE_ORDERS",
      "GATEWAY_RATE_MARKET_DATA", "GATEWAY_TRUSTED_PROXIES", "REDIS_URL", "GATEWAY_TLS_CERTIFICATE",
      "GATEWAY_MESH_KEY", "GATEWAY_MESH_DIRECTORY",
    ] {
      #expect(outcome.errors.contains(variable), "\(outcome.errors)")
    }
    #expect(!outcome.errors.contains("canary"))
  }

  @Test func theGatewayRefusesACertificateThatIsNone() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("nonsense.pem", "nonsense")
    let outcome = try await Program.run(
      "alphintra-gateway", [],
      environment: [
        "GATEWAY_TLS_CERTIFICATE": file, "GATEWAY_TLS_KEY": file, "GATEWAY_MESH_CERTIFICATE": file,
        "GATEWAY_MESH_KEY": file, "GATEWAY_TLS_CA": file, "GATEWAY_MESH_DIRECTORY": folder.path,
        "GATEWAY_LISTEN_PORT": "0",
      ])
    #expect(outcome.exitCode == 64)
    #expect(outcome.errors.contains("nonsense.pem"), "\(outcome.errors)")
  }

  @Test func certsMakesAFolderOnce() async throws {
    let folder = try TemporaryFolder()
    let first = try await Program.run("alphintra", ["certs", "--folder", "\(folder.path)/certs"])
    #expect(first.exitCode == 0)
    #expect(first.output.contains("auth-signing"))
    let second = try await Program.run("alphintra", ["certs", "--folder", "\(folder.path)/certs"])
    #expect(second.output.contains("all good"))
    let third = try await Program.run(
      "alphintra", ["certs", "--folder", "\(folder.path)/certs", "--renew-all"])
    #expect(
      third.output.contains(
        "made asset, auth, broker, exchange, marketdata, trading, gateway, edge"))
  }

  @Test func certsChecksAFolder() async throws {
    let folder = try TemporaryFolder()
    let check = ["certs", "--check", "--folder", "\(folder.path)/certs"]
    let empty = try await Program.run("alphintra", check)
    #expect(empty.exitCode == 1)
    #expect(empty.errors.contains("holds no certificates"), "\(empty.errors)")
    _ = try await Program.run("alphintra", ["certs", "--folder", "\(folder.path)/certs"])
    let good = try await Program.run("alphintra", check)
    #expect(good.exitCode == 0)
    #expect(good.output.contains("URI:spiffe://alphintra/service/trading"))
    #expect(good.output.contains("(in 23 h)"))
    _ = try folder.write("certs/trading.key", "nonsense")
    let bad = try await Program.run("alphintra", check)
    #expect(bad.exitCode == 1)
    #expect(bad.output.contains("PROBLEM  its key is missing or cannot be read"), "\(bad.output)")
  }

  @Test func certsRotatesUntilItIsTold() async throws {
    let folder = try TemporaryFolder()
    let certificates = PlatformCertificates(folder: "\(folder.path)/certs")
    let supervisor = try Supervisor(folder: folder.path)
    try await supervisor.start(
      ManagedProcess(
        name: "certs", executable: "\(Program.folder)/alphintra",
        arguments: ["certs", "--folder", "\(folder.path)/certs", "--rotate", "--lifetime", "2s"],
        readiness: .immediate))
    func serialNumber() -> String? {
      certificates.folder.certificates().first { $0.name == "trading" }?.serialNumber
    }
    try await eventually { serialNumber() != nil }
    let first = serialNumber()
    try await eventually { serialNumber() != nil && serialNumber() != first }
    await supervisor.stop("certs")
    let log = try String(contentsOfFile: "\(folder.path)/log/certs.log", encoding: .utf8)
    #expect(
      log.contains(
        "certificates issued anew: asset, auth, broker, exchange, marketdata, trading, gateway, edge"
      ))
  }

  @Test func operatorNamesTheDatabasesSettings() async throws {
    let outcome = try await Program.run(
      "alphintra", ["operator", "create", "--email", "operator@example.com"],
      environment: ["AUTH_POSTGRES_PORT": "zero", "AUTH_ARGON2_PASSES": "0"])
    #expect(outcome.exitCode == 64)
    #expect(outcome.errors.contains("AUTH_POSTGRES_PORT"))
    #expect(outcome.errors.contains("AUTH_ARGON2_PASSES"))
  }

  @Test func migrateNamesTheOwnersSettings() async throws {
    let outcome = try await Program.run(
      "alphintra", ["migrate"],
      environment: [
        "MIGRATE_POSTGRES_PORT": "zero", "TRADING_POSTGRES_PASSWORD_FILE": "/nowhere",
        "MIGRATE_POSTGRES_CA": "/nowhere",
      ])
    #expect(outcome.exitCode == 64)
    #expect(outcome.errors.contains("MIGRATE_POSTGRES_PORT"))
    #expect(outcome.errors.contains("MIGRATE_POSTGRES_CA"))
    #expect(outcome.errors.contains("TRADING_POSTGRES_PASSWORD_FILE"))
  }

  @Test func topicsAreThoseOfTheContracts() async throws {
    let list = try await Program.run("alphintra", ["topics", "list"])
    #expect(list.exitCode == 0)
    let listed = list.output.split(separator: "\n").map { $0.split(separator: "\t")[0] }
    struct Document: Decodable {
      struct Topic: Decodable {
        let name: String
        let deadLetter: String
      }
      let topics: [Topic]
    }
    let path = "\(PythonPeer.repository)/deploy/topics.json"
    let document = try JSONDecoder().decode(
      Document.self, from: try Data(contentsOf: URL(filePath: path)))
    let declared = Set(document.topics.flatMap { [$0.name, $0.deadLetter] })
    #expect(!listed.isEmpty && Set(listed.map(String.init)).isSubset(of: declared))
  }

  @Test func topicsAreAppliedAndChecked() async throws {
    let folder = try TemporaryFolder()
    let supervisor = try Supervisor(folder: "\(folder.path)/broker")
    let address = "\(folder.path)/address"
    try await supervisor.start(
      ManagedProcess(
        name: "dev-broker", executable: "\(Program.folder)/alphintra",
        arguments: ["dev-broker", "--address-file", address], readiness: .notification))
    for command in ["apply", "check"] {
      let outcome = try await Program.run(
        "alphintra", ["topics", command], environment: ["KAFKA_BROKERS": "file:\(address)"])
      #expect(outcome.exitCode == 0, "\(outcome)")
    }
    await supervisor.stopAll()
  }

  @Test func callListsAndDescribesWithoutAPlatform() async throws {
    let list = try await Program.run("alphintra", ["call", "--list"])
    #expect(list.exitCode == 0)
    #expect(list.output.contains(/TradingService\/PlaceOrder +Places an order\./))
    let page = try await Program.run(
      "alphintra", ["call", "--describe", "TradingService/PlaceOrder"])
    #expect(page.exitCode == 0)
    #expect(page.output.contains("POST /api/orders"))
  }

  @Test func callSaysThatNoPlatformRuns() async throws {
    let folder = try TemporaryFolder()
    let certificates = "\(folder.path)/certificates"
    let call = [
      "call", "ListInstruments", "--directory", folder.path, "--certificates", certificates,
    ]
    let without = try await Program.run("alphintra", call)
    #expect(without.exitCode == 1)
    #expect(without.errors.contains("ca.pem is not there"), "\(without.errors)")
    _ = try await Program.run("alphintra", ["certs", "--folder", certificates])
    let outcome = try await Program.run("alphintra", call)
    #expect(outcome.exitCode == 78)
    #expect(outcome.errors.contains("is the platform running?"), "\(outcome.errors)")
  }

  /// The shell's own script, asked as the shell asks.
  @Test(arguments: [
    ("TradingService/Pl", ["TradingService/PlaceOrder"]),
    ("alphintra.auth.v1.AuthService/Logi", ["alphintra.auth.v1.AuthService/Login"]),
    (
      "alphintra.auth.v1.AuthService/Lo",
      ["alphintra.auth.v1.AuthService/Login", "alphintra.auth.v1.AuthService/Logout"]
    ),
  ])
  func aShellCompletesTheNamesOfRPCs(typed: String, names: [String]) async throws {
    let script = """
      set -e
      program=$1; typed=$2
      alphintra() { "$program" "$@"; }
      source <("$program" --generate-completion-script bash)
      COMP_WORDS=(alphintra call "$typed"); COMP_CWORD=2
      COMP_LINE="alphintra call $typed"; COMP_POINT=${#COMP_LINE}
      _alphintra || true
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let outcome = try await Program.run(
      "/bin/bash", ["-c", script, "bash", "\(Program.folder)/alphintra", typed])
    #expect(outcome.output.split(separator: "\n").map(String.init) == names, "\(outcome)")
  }
}
