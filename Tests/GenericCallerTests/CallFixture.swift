import ArgumentParser
import Certificates
import Foundation
import Mesh
import RPC
import RPCTransport
import Registry
import Synchronization
import TLS
import TestSupport
import TestingContractRegistry

@testable import GenericCaller

/// The testing contract served over mutual TLS by a service `testing`, and a shell in front of it.
final class CallFixture: Sendable {
  /// What one run of the command left.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  private let folder: TemporaryFolder
  private let certificates: CertificateFolder
  private let server: RPCServer

  private init(_ folder: TemporaryFolder, _ certificates: CertificateFolder, _ server: RPCServer) {
    self.folder = folder
    self.certificates = certificates
    self.server = server
  }

  /// Serves for the length of a closure.
  static func run(
    _ service: TestingServiceImplementation = TestingServiceImplementation(),
    _ body: (CallFixture) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    let certificates = CertificateFolder(path: "\(folder.path)/certificates")
    try certificates.prepare(services: ["gateway", "testing", "trading"])
    let router = RPCRouter(
      services: [service], accessController: AccessGuard(verifier: TwoTokens()))
    let server = try await RPCServer.start(
      router,
      RPCServer.Configuration(
        tls: .server(
          identity: .init(
            certificateChainPath: certificates.certificatePath(of: "testing"),
            privateKeyPath: certificates.privateKeyPath(of: "testing")),
          clientAuthentication: .required(trustedAuthoritiesPath: certificates.authorityPath),
          applicationProtocols: ["h2"])))
    let directory = ServiceDirectory(folder: "\(folder.path)/directory")
    try directory.publish([ServiceAddress(host: "127.0.0.1", port: server.port)], of: "testing")
    let fixture = CallFixture(folder, certificates, server)
    do { try await body(fixture) } catch {
      await server.stop(grace: .zero)
      throw error
    }
    await server.stop(grace: .seconds(2))
  }

  /// Where the server listens.
  var address: String { "127.0.0.1:\(server.port)" }

  /// Writes a file and returns its path.
  func write(_ name: String, _ text: String) throws -> String { try folder.write(name, text) }

  /// Runs `call` with a command line.
  func call(
    _ name: String, _ data: String? = nil, _ arguments: [String] = [],
    environment: [String: String] = [:], input: RequestInput = RequestInput(text: ""),
    isInteractive: Bool = false, console: Console = Console()
  ) async throws -> Outcome {
    // Time enough on a machine that is busy; what comes last counts.
    let usual = [
      "--certificates", certificates.path, "--directory", "\(folder.path)/directory",
      "--deadline", "5m",
    ]
    let flags = try CallFlags.parse(usual + arguments)
    let session = CallSession(
      RPCRegistry([TestingRegistry.contract]), flags, environment: environment,
      terminal: console.terminal(input, isInteractive))
    let status = await session.call(name, data: data)
    return Outcome(status: status, output: console.output, errors: console.errors)
  }
}

/// Keeps what a program prints.
final class Console: Sendable {
  private let text = Mutex<(output: String, errors: String)>(("", ""))

  var output: String { text.withLock { $0.output } }
  var errors: String { text.withLock { $0.errors } }

  func terminal(_ input: RequestInput, _ isInteractive: Bool) -> Terminal {
    Terminal(
      write: { bytes in
        self.text.withLock { $0.output += String(decoding: bytes, as: UTF8.self) }
      },
      complain: { line in self.text.withLock { $0.errors += "\(line)\n" } }, input: input,
      isInteractive: isInteractive)
  }
}

/// Knows two tokens: "ada" is the user ada, "old" has expired.
struct TwoTokens: TokenVerifier {
  func verifiedUser(of token: String) -> UserIdentity? { nil }

  func verify(_ token: String) async throws(TokenError) -> UserIdentity {
    switch token {
    case "ada": UserIdentity(id: "ada", roles: ["trader"], expiresAt: .max, token: token)
    case "old": throw TokenError.expired(at: 1)
    default: throw TokenError.invalid(.form)
    }
  }
}

extension CallFixture {
  /// What a person reads of a failed call of `Echo` as the gateway.
  static func report(_ failure: CallFailure) throws -> String {
    let registry = RPCRegistry([TestingRegistry.contract])
    return FailureReport(
      failure, of: try registry.rpc(named: "Echo"), caller: "gateway", correlationID: nil
    ).text
  }
}
