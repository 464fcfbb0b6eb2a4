import DevTools
import Foundation
import Logging
import Postgres
import TLS
import TestSupport
import Testing

/// TLS to PostgreSQL, by a server that has a certificate.
@Suite(.timeLimit(.minutes(5))) struct EncryptionTests {
  @Test("a server is believed by the authority of its certificate, and spoken to in TLS")
  func aServerIsVerified() async throws {
    let certificates = try TestCertificates()
    let identity = try certificates.edge()
    let server = try await PostgresServer.startPrivate()
    let owner = PostgresPool(TestDatabase.configuration(of: server))
    try await owner.execute("CREATE ROLE trader LOGIN PASSWORD 'secret'")
    // The server's user, who is not always this process's, has to own its key.
    for (file, path) in [
      ("server.crt", identity.certificateChainPath), ("server.key", identity.privateKeyPath),
    ] {
      let lines = try String(contentsOfFile: path, encoding: .utf8)
        .split(separator: "\n").map { "('\($0)')" }.joined(separator: ",")
      try await owner.execute(
        PostgresQuery(
          unsafeSQL: "COPY (VALUES \(lines)) TO PROGRAM 'umask 077; cat > \(file)'"))
    }

    func connection(_ host: String, _ encryption: PostgresConfiguration.Encryption)
      -> PostgresPool
    {
      var configuration = PostgresConfiguration(
        host: host, port: server.port, database: "postgres", user: "trader", password: "secret")
      configuration.encryption = encryption
      configuration.logger = .quiet
      configuration.limits.acquireTimeout = .seconds(2)
      return PostgresPool(configuration)
    }
    func isEncrypted(_ pool: PostgresPool) async throws -> Bool {
      defer { Task { await pool.close() } }
      return try await pool.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").one()
        .decode(Bool.self, "ssl")
    }
    let verified = PostgresConfiguration.Encryption.verified(
      authorityFile: certificates.authorityPath)

    // A server without TLS is not spoken to in plain text instead.
    await #expect(throws: PostgresError.self) {
      try await isEncrypted(connection(server.host, verified))
    }
    for setting in ["ssl = on", "ssl_cert_file = 'server.crt'", "ssl_key_file = 'server.key'"] {
      try await owner.execute(PostgresQuery(unsafeSQL: "ALTER SYSTEM SET \(setting)"))
    }
    try await owner.execute("SELECT pg_reload_conf()")
    try await eventually {
      (try? await isEncrypted(connection(server.host, verified))) == true
    }
    #expect(try await !isEncrypted(connection(server.host, .none)))
    // An authority that has not signed it.
    await #expect(throws: PostgresError.self) {
      try await isEncrypted(
        connection(
          server.host, .verified(authorityFile: certificates.strangerAuthorityPath)))
    }
    await owner.close()
    await server.stop()
  }
}
