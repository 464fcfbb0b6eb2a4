import Foundation
import Synchronization

/// That one instance of a service listens somewhere, as a folder says it to others.
///
/// The instance has a file of its own, beside those of other instances, and holds a lock on it. The
/// lock ends with the process, in whatever way that ends: a file that nobody locks is what a dead
/// instance left behind, and readers pass over it and remove it.
public final class ServiceRegistration: Sendable {
  /// Between the service's name and what tells its instances apart.
  static let separator = "@"

  private let path: String
  private let descriptor: Mutex<Int32?>

  /// Writes and locks a file, then lets it appear.
  init(
    _ address: ServiceAddress, of service: String, in folder: String
  ) throws(ServiceDirectoryError) {
    let instance = "\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    path = "\(folder)/\(service)\(Self.separator)\(instance)"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ServiceDirectoryError.fileFailed(path: folder, error.localizedDescription)
    }
    // Files that begin with a point belong to no service.
    let hidden = "\(folder)/.\(instance)"
    let file = open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Self.failure(hidden) }
    let text = Array("\(address)\n".utf8)
    guard flock(file, LOCK_EX | LOCK_NB) == 0, write(file, text, text.count) == text.count,
      rename(hidden, path) == 0
    else {
      let failure = Self.failure(path)
      unlink(hidden)
      close(file)
      throw failure
    }
    descriptor = Mutex(file)
  }

  deinit { withdraw() }

  /// Removes the file: nobody new comes.
  ///
  /// A second time has no effect.
  public func withdraw() {
    descriptor.withLock { descriptor in
      guard let file = descriptor else { return }
      unlink(path)
      close(file)
      descriptor = nil
    }
  }

  /// The contents of an instance's file; nil if the instance is gone.
  static func contents(of path: String) -> Data? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    // Whoever gets the lock knows that nobody holds it.
    if flock(file, LOCK_SH | LOCK_NB) == 0 {
      unlink(path)
      return nil
    }
    return try? FileHandle(fileDescriptor: file, closeOnDealloc: false).readToEnd()
  }

  private static func failure(_ path: String) -> ServiceDirectoryError {
    .fileFailed(path: path, String(cString: strerror(errno)))
  }
}
