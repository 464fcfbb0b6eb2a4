import Foundation
import SystemPackage

/// Keeps a folder for one process: a second one is refused, and the end of the process, in whatever
/// way, lets go.
public final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Takes the folder, made when it is missing.
  ///
  /// - Returns: nil when another process has it.
  public init?(folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}
