internal import Glibc

/// What tells one version of a file from the next without reading it.
///
/// Links are followed: a folder that is swapped by a link, as mounted secrets are, holds other files.
struct FileSignature: Hashable {
  private let device: UInt
  private let number: UInt
  private let size: Int
  private let changed: [Int]

  /// The signature of a file; nil if there is none that can be looked at.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = status.st_dev
    number = status.st_ino
    size = status.st_size
    changed = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
  }
}
