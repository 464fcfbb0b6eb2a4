public import DevTools

/// The PostgreSQL server that all tests of a process share.
///
/// Started when a test first asks for it and stopped when the process ends, in whatever way. A test
/// that kills its server starts one of its own with ``startPrivate()``.
public enum PostgresServer {
  private static let start = Task { try await startPrivate() }

  /// The shared server.
  public static func shared() async throws -> PrivatePostgres {
    try await start.value
  }

  /// A server for one test, which also stops it.
  public static func startPrivate() async throws -> PrivatePostgres {
    let name = String(UInt64.random(in: .min ... .max), radix: 36)
    return try await PrivatePostgres.start(
      PrivatePostgres.Options(
        folder: "/tmp/alphintra-test-\(name)", waitsForDisk: false, isTemporary: true))
  }
}
