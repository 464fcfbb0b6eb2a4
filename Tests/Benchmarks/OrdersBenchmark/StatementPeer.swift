import DevPlatform
import Foundation
import Postgres
import Subprocess

/// pgbench, which runs an order's statements in a database of the same tables on the same server.
///
/// Its three transactions are those of the services for one order by itself (`peers/orders.sql`), each sent as one pipeline, so
/// that it has one round trip where the services have two. What it stores nobody publishes and nobody consumes.
struct StatementPeer: Sendable {
  private static let database = "peer"
  /// Keeps the keys of one run apart from those of another.
  private static let keysOfRun = 100_000_000

  private let socket: PostgresConfiguration
  private let scratch: String
  private let accounts: Int
  private let runs = RunCounter()

  private actor RunCounter {
    var count = 0
    func next() -> Int {
      count += 1
      return count
    }
  }

  /// Makes the database: the services' tables, and so many accounts with money.
  init(_ platform: Platform, scratch: String, accounts: Int) async throws {
    socket = try await platform.database()
    self.scratch = scratch
    self.accounts = accounts
    let source = socket.database
    try await Self.shell(
      """
      createdb \(Self.connection(socket)) \(Self.database)
      pg_dump \(Self.connection(socket)) --schema-only --no-owner --no-privileges -n trading -n asset \(source) \
        | psql \(Self.connection(socket)) -q -v ON_ERROR_STOP=1 -d \(Self.database) >/dev/null
      """)
    var configuration = socket
    configuration.database = Self.database
    let pool = PostgresPool(configuration)
    for query in Self.accountsQueries(accounts) { try await pool.execute(query) }
    await pool.close()
  }

  private static func accountsQueries(_ count: Int) -> [PostgresQuery] {
    let ids: PostgresQuery = """
      SELECT lpad(to_hex(n), 32, '0')::uuid AS id FROM generate_series(0, \(count) - 1) AS n
      """
    return [
      "INSERT INTO trading.accounts (id) \(ids)", "INSERT INTO asset.accounts (id) \(ids)",
      """
      INSERT INTO asset.wallets (account_id, asset, available, reserved, updated_at)
      SELECT id, 'USD', 100000000, 0, now() FROM (\(ids)) AS a
      """,
    ]
  }

  /// Runs the script for some seconds.
  func run(clients: Int, seconds: Int) async throws -> Figures {
    let run = await runs.next()
    let log = "\(scratch)/pgbench-\(run)"
    try await Self.shell(
      """
      rm -f \(log).*
      pgbench \(Self.connection(socket)) -n -M prepared -f Tests/Benchmarks/peers/orders.sql \
        -c \(clients) -j 2 -T \(seconds) -D n=\(run * Self.keysOfRun) -D clients=\(clients) \
        -D accounts=\(accounts / clients) --log --log-prefix=\(log) \(Self.database) >\(log).txt 2>&1 \
        || { cat \(log).txt >&2; exit 1; }
      grep -q 'failed transactions: 0 ' \(log).txt || { cat \(log).txt >&2; exit 1; }
      cat \(log).[0-9]* >\(log).log
      """)
    let lines = try String(contentsOfFile: "\(log).log", encoding: .utf8).split(separator: "\n")
    let times = lines.compactMap { Double($0.split(separator: " ")[2]) }
    return Figures(times: times, elapsed: .seconds(seconds))
  }

  private static func connection(_ configuration: PostgresConfiguration) -> String {
    "-h \(configuration.host) -p \(configuration.port) -U \(configuration.user)"
  }

  private static func shell(_ script: String) async throws {
    let result = try await Subprocess.run(
      .name("bash"), arguments: ["-euo", "pipefail", "-c", script],
      output: .discarded, error: .string(limit: 1 << 16))
    guard result.terminationStatus.isSuccess else {
      throw BenchmarkFailure(description: "\(script)\n\(result.standardError)")
    }
  }
}
