import DevTools
import Foundation

/// A Redis server of a test's own, on a port that stays the same when it is started again.
public struct RedisServer: Sendable {
  /// Where it listens, on 127.0.0.1.
  public let port: Int
  /// Its process's id.
  public let processID: Int32
  private let supervisor: Supervisor
  private let process: ManagedProcess

  private static let name = "redis"

  /// The key that asks for TLS, with the files of a certificate.
  public struct Certificate: Sendable {
    let chain: String
    let key: String
    let authority: String

    /// Names the files.
    public init(chain: String, key: String, authority: String) {
      self.chain = chain
      self.key = key
      self.authority = authority
    }
  }

  /// Runs a server for the length of a closure.
  ///
  /// - Parameters:
  ///   - password: What it asks of who connects.
  ///   - certificate: Has it speak TLS, and nothing else.
  public static func run(
    password: String? = nil, certificate: Certificate? = nil,
    _ body: (RedisServer) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    let port = try LoopbackPort.free()
    var arguments = [
      "--bind", "127.0.0.1", "--dir", folder.path, "--save", "", "--appendonly", "no",
      "--supervised", "systemd", "--maxmemory-policy", "noeviction",
    ]
    if let certificate {
      arguments += [
        "--port", "0", "--tls-port", "\(port)", "--tls-cert-file", certificate.chain,
        "--tls-key-file", certificate.key, "--tls-ca-cert-file", certificate.authority,
        "--tls-auth-clients", "no",
      ]
    } else {
      arguments += ["--port", "\(port)"]
    }
    if let password { arguments += ["--requirepass", password] }
    let process = ManagedProcess(
      name: name, executable: "redis-server", arguments: arguments, readiness: .notification)
    let supervisor = try Supervisor(folder: folder.path)
    let result: Result<Void, any Error>
    do {
      let processID = try await supervisor.start(process)
      let server = RedisServer(
        port: port, processID: processID, supervisor: supervisor, process: process)
      result = .success(try await body(server))
    } catch {
      result = .failure(error)
    }
    await supervisor.stopAll()
    try result.get()
  }

  /// SIGKILL.
  public func kill() async { await supervisor.kill(Self.name) }

  /// Starts it again after ``kill()``, empty.
  public func startAgain() async throws { try await supervisor.start(process) }

  /// What `redis-cli` answers to a command.
  public func ask(_ command: String...) async throws -> String {
    let outcome = try await Program.run("/usr/bin/redis-cli", ["-p", "\(port)"] + command)
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
