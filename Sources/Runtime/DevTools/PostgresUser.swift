import Foundation
import Subprocess

/// The user a private server runs as: `postgres` when this process is root, else its own.
///
/// PostgreSQL refuses to run as root.
struct PostgresUser: Sendable {
  static let name = "postgres"
  private static let switchUser = "setpriv"

  private let account: (userID: uid_t, groupID: gid_t)?

  /// The user of this process, whoever that is.
  static let itself = PostgresUser(account: nil)

  /// The user for this process.
  static func current() throws(PrivatePostgresError) -> PostgresUser {
    guard geteuid() == 0 else { return itself }
    guard let entry = getpwnam(name) else { throw .noUser }
    return PostgresUser(account: (entry.pointee.pw_uid, entry.pointee.pw_gid))
  }

  /// The command line that runs a program as this user.
  ///
  /// `setpriv` becomes the program, where `runuser` would stay as its parent: the process id is the
  /// program's own.
  func command(_ program: String, _ arguments: [String]) -> (executable: String, [String]) {
    guard account != nil else { return (program, arguments) }
    return (
      Self.switchUser,
      ["--reuid", Self.name, "--regid", Self.name, "--init-groups", "--", program] + arguments
    )
  }

  /// Gives a file or folder to the user, with the permissions of its owner only.
  func own(_ path: String, permissions: mode_t) throws(PrivatePostgresError) {
    guard chmod(path, permissions) == 0 else {
      throw .system("cannot set the permissions of \(path): \(lastSystemError())")
    }
    guard let account else { return }
    guard chown(path, account.userID, account.groupID) == 0 else {
      throw .system("cannot give \(path) to \(Self.name): \(lastSystemError())")
    }
  }

  /// Whether the user can reach and write the folder, as the system judges it.
  func canWrite(_ folder: String) async -> Bool {
    let (executable, arguments) = command("/bin/sh", ["-c", "test -w \"$1/.\"", "sh", folder])
    let result = try? await Subprocess.run(
      .program(executable), arguments: Arguments(arguments), output: .discarded)
    return result?.terminationStatus.isSuccess ?? false
  }
}

/// The text of `errno`.
func lastSystemError() -> String { String(cString: strerror(errno)) }
