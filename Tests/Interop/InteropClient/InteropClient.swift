public import ArgumentParser
public import InteropPeers
import RPC
import RPCTransport
import TLS

/// The client of gRPC's interoperability tests, with the official flags.
@main struct InteropClient: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "InteropClient",
    abstract: "Plays one case of gRPC's interoperability tests with any server of them.",
    discussion: "Exits with 0 if the server does what the case expects.")

  @Option(name: .customLong("server_host"), help: "The server's host.")
  var host = "localhost"

  @Option(name: .customLong("server_port"), help: "The server's port.")
  var port: Int

  @Option(
    name: .customLong("server_host_override"),
    help: "The host that the server is expected to be, in its certificate and as :authority.")
  var hostOverride: String?

  @Option(name: .customLong("test_case"), help: "The case by its official name.")
  var testCase: InteropCase

  @Option(name: .customLong("use_tls"), help: "Whether to speak TLS 1.3: true or false.")
  var usesTLS = false

  @Option(
    name: .customLong("use_test_ca"),
    help: "Whether to trust the test authority instead of the system's: true or false.")
  var usesTestAuthority = false

  @Option(
    name: .customLong("custom_credentials_type"),
    help: "Credentials of Google's cloud, which are not spoken here: must be left out.")
  var customCredentials: String?

  @Option(
    name: .customLong("test_credentials"),
    help: "The folder with ca.pem; by default that of Debian's ruby-grpc.")
  var credentials: String?

  /// Where Debian keeps the authorities that the system trusts.
  private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

  func validate() throws {
    if let type = self.customCredentials {
      throw ValidationError("--custom_credentials_type \(type): these are not spoken here")
    }
  }

  func run() async throws {
    var configuration = ClientConnection.Configuration(tls: try self.tls)
    configuration.authority = self.hostOverride
    let connection = try await ClientConnection.connect(
      host: self.host, port: self.port, configuration)
    try await self.testCase.run(connection)
    connection.close()
    print("OK: \(self.testCase.rawValue)")
  }

  private var tls: TLSConfiguration? {
    get throws {
      guard self.usesTLS else { return nil }
      let expected = self.hostOverride ?? self.host
      guard !self.usesTestAuthority else {
        return try TestCredentials(folder: self.credentials).client(expecting: expected)
      }
      return .client(
        identity: nil, trustedAuthoritiesPath: Self.systemAuthorities,
        expecting: .init(host: expected), applicationProtocols: ["h2"])
    }
  }
}

extension InteropCase: ExpressibleByArgument {}
