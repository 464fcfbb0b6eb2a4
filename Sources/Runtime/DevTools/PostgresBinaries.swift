import Foundation

/// The server programs of a PostgreSQL installation.
struct PostgresBinaries: Sendable {
  static let minimumMajorVersion = 15
  private static let debianFolder = "/usr/lib/postgresql"

  let initdb: String
  let postgres: String

  /// Looks in Debian's folders, the newest version first, then on `PATH`.
  static func find() throws(PrivatePostgresError) -> PostgresBinaries {
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: debianFolder)) ?? []
    let debian = versions.compactMap { Int($0) }.filter { $0 >= minimumMajorVersion }
      .sorted(by: >).map { "\(debianFolder)/\($0)/bin" }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    for folder in debian + path.split(separator: ":").map(String.init) {
      let found = PostgresBinaries(initdb: "\(folder)/initdb", postgres: "\(folder)/postgres")
      if [found.initdb, found.postgres].allSatisfy(FileManager.default.isExecutableFile) {
        return found
      }
    }
    throw .notInstalled
  }
}
