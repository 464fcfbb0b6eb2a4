import Foundation

/// A folder of its own under the system's temporary folder, removed at the end.
public final class TemporaryFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// Makes a folder; by default other users may look into it, as a server's user must.
  public init(permissions: Int = 0o755) throws {
    path =
      FileManager.default.temporaryDirectory.appending(path: "alphintra-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false,
      attributes: [.posixPermissions: permissions])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file of the folder and returns its path.
  public func write(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }
}
