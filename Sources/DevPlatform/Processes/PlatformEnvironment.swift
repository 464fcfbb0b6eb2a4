import Certificates
import DevTools

/// How each process of a platform is run: its program, its arguments, its settings.
struct PlatformEnvironment: Sendable {
  /// The database of all services.
  static let database = "alphintra"
  /// How long a process may take to serve: replays and pools are made ready before.
  static let startTimeout: Duration = .seconds(120)
  /// The broker's connection: the account at the simulated exchange.
  static let connection = "sim"

  let options: Platform.Options
  let paths: PlatformPaths
  let certificates: PlatformCertificates
  let postgresHost: String
  let postgresPort: Int
  let postgresSocket: String

  /// The owner's settings and every role's password.
  var migration: ManagedProcess {
    var environment = [
      "MIGRATE_POSTGRES_HOST": postgresSocket, "MIGRATE_POSTGRES_PORT": "\(postgresPort)",
      "MIGRATE_POSTGRES_DATABASE": Self.database,
      "MIGRATE_POSTGRES_ROLE": PrivatePostgres.superuser,
    ]
    for service in PlatformMember.services {
      environment["\(service.prefix)POSTGRES_ROLE"] = service.name
      environment["\(service.prefix)POSTGRES_PASSWORD_FILE"] = paths.passwordFile(of: service.name)
    }
    return process("migrate", "alphintra", ["migrate"], environment, .completion)
  }

  /// Makes the operator, once there are tables and as the auth service's role.
  var operatorAccount: ManagedProcess {
    let settings = databaseSettings(of: .auth)
    return process(
      "operator", "alphintra",
      [
        "operator", "create", "--email", PlatformOperator.email, "--password-file",
        paths.operatorPassword,
      ], prefixed(settings, .auth).merging(extra(.auth)) { $1 }, .completion)
  }

  var broker: ManagedProcess {
    let address = ["--address-file", paths.brokerAddress]
    var process = process(
      PlatformMember.broker.name, "alphintra", ["dev-broker"] + address, extra(.broker),
      .notification)
    if let program = options.brokerCommand.first {
      process.executable = program
      process.arguments = options.brokerCommand.dropFirst() + address
    }
    return process
  }

  func service(_ replica: PlatformReplica) -> ManagedProcess {
    let member = replica.member
    let settings = [
      "LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": "0",
      "TLS_CERTIFICATE": certificates.folder.certificatePath(of: member.name),
      "TLS_KEY": certificates.folder.privateKeyPath(of: member.name),
      "TLS_CA": certificates.folder.authorityPath,
      "MESH_DIRECTORY": paths.directory,
      "KAFKA_BROKERS": "file:\(paths.brokerAddress)",
    ].merging(databaseSettings(of: member)) { $1 }.merging(ownSettings(of: member)) { $1 }
    return process(
      replica.name, "alphintra", ["serve", member.name],
      prefixed(settings, member).merging(extra(member)) { $1 }, .notification)
  }

  func gateway(_ replica: PlatformReplica, port: Int) -> ManagedProcess {
    let settings = [
      "LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": "\(port)",
      "TLS_CERTIFICATE": certificates.folder.certificatePath(of: "edge"),
      "TLS_KEY": certificates.folder.privateKeyPath(of: "edge"),
      "MESH_CERTIFICATE": certificates.folder.certificatePath(of: "gateway"),
      "MESH_KEY": certificates.folder.privateKeyPath(of: "gateway"),
      "TLS_CA": certificates.folder.authorityPath,
      "MESH_DIRECTORY": paths.directory,
      // A browser that is told so for localhost comes to no other server there without HTTPS.
      "HSTS_SECONDS": "0",
    ]
    return process(
      replica.name, "alphintra-gateway", [],
      prefixed(settings, .gateway).merging(extra(.gateway)) { $1 }, .notification)
  }

  private func databaseSettings(of member: PlatformMember) -> [String: String] {
    [
      "POSTGRES_HOST": postgresHost, "POSTGRES_PORT": "\(postgresPort)",
      "POSTGRES_DATABASE": Self.database, "POSTGRES_ROLE": member.name,
      "POSTGRES_PASSWORD_FILE": paths.passwordFile(of: member.name),
    ]
  }

  private func ownSettings(of member: PlatformMember) -> [String: String] {
    switch member {
    case .auth:
      ["SIGNING_KEY": certificates.signingKeyPath]
    case .marketData:
      [
        "BARS": options.barsPath, "SPEED": options.replaySpeed.map { "\($0)" },
        "SEED": options.replaySeed.map { "\($0)" },
      ].compactMapValues { $0 }
    case .brokerService:
      ["CONNECTIONS": Self.connection]
    case .trading:
      [
        "ROUTING_SYMBOLS": options.routedSymbols.joined(separator: ","),
        "ROUTING_CONNECTION": Self.connection,
      ]
    case .postgres, .broker, .asset, .exchange, .gateway:
      [:]
    }
  }

  private func extra(_ member: PlatformMember) -> [String: String] {
    var extra = options.environment[member] ?? [:]
    if let collector = options.traceCollector { extra["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector }
    return extra
  }

  private func prefixed(
    _ settings: [String: String], _ member: PlatformMember
  ) -> [String: String] {
    Dictionary(uniqueKeysWithValues: settings.map { ("\(member.prefix)\($0)", $1) })
  }

  private func process(
    _ name: String, _ program: String, _ arguments: [String], _ environment: [String: String],
    _ readiness: ManagedProcess.Readiness
  ) -> ManagedProcess {
    ManagedProcess(
      name: name, executable: "\(options.programsFolder)/\(program)", arguments: arguments,
      environment: environment, readiness: readiness, startTimeout: Self.startTimeout,
      stopTimeout: .seconds(30))
  }
}
