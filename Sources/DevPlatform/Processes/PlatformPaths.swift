import Certificates
import Foundation

/// The files of a platform's folder, by absolute paths: processes read them.
struct PlatformPaths: Sendable {
  let folder: String

  init(folder: String) {
    self.folder = URL(filePath: folder).standardizedFileURL.path
  }

  var postgres: String { "\(folder)/postgres" }
  var certificates: String { "\(folder)/certificates" }
  var directory: String { "\(folder)/directory" }
  var brokerAddress: String { "\(folder)/broker" }
  /// Is there once the folder has a database, wherever that lies.
  var databaseMark: String { "\(folder)/database" }
  func log(of name: String) -> String { "\(folder)/log/\(name).log" }
  /// The password of the seeded operator's account.
  var operatorPassword: String { "\(folder)/secrets/operator-account.password" }
  func passwordFile(of role: String) -> String { "\(folder)/secrets/\(role).password" }

  /// Makes the folders, and a password for each role that has none.
  func prepare(roles: [String]) throws {
    for path in [folder, directory, "\(folder)/secrets"] {
      do {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true)
      } catch {
        throw PlatformError.folderFailed(path, error.localizedDescription)
      }
    }
    for role in roles where !FileManager.default.fileExists(atPath: passwordFile(of: role)) {
      try PrivateFile.write(Self.newPassword() + "\n", to: passwordFile(of: role))
    }
  }

  /// Draws the password of the operator's account, unless there is one.
  func prepareOperator() throws {
    guard !FileManager.default.fileExists(atPath: operatorPassword) else { return }
    try PrivateFile.write(Self.newPassword() + "\n", to: operatorPassword)
  }

  /// 256 bits from the system's generator, which is made for keys.
  private static func newPassword() -> String {
    (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
  }

  /// Forgets where the processes of an earlier run were.
  func forgetAddresses() {
    let manager = FileManager.default
    try? manager.removeItem(atPath: brokerAddress)
    for name in (try? manager.contentsOfDirectory(atPath: directory)) ?? [] {
      try? manager.removeItem(atPath: "\(directory)/\(name)")
    }
  }

  /// Removes the folder, or all of it but the logs.
  func remove(keepingLogs: Bool) {
    let manager = FileManager.default
    guard keepingLogs else {
      try? manager.removeItem(atPath: folder)
      return
    }
    for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] where name != "log" {
      try? manager.removeItem(atPath: "\(folder)/\(name)")
    }
  }
}
