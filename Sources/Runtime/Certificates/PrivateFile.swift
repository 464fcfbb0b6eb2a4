internal import Foundation

/// Files that only their owner may read.
public enum PrivateFile {
  /// Replaces the file at `path` in one step: a reader finds the old text or the new one.
  ///
  /// The file is created with mode 0600: a key is at no moment readable by others.
  ///
  /// - Throws: ``CertificateError/fileFailed(path:_:)``.
  public static func write(_ text: String, to path: String) throws(CertificateError) {
    let temporary = "\(path).new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(temporary) }
    do {
      try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        .write(contentsOf: Data(text.utf8))
    } catch {
      unlink(temporary)
      throw CertificateError.fileFailed(path: temporary, error.localizedDescription)
    }
    guard rename(temporary, path) == 0 else { throw failure(path) }
  }

  private static func failure(_ path: String) -> CertificateError {
    .ofSystem(path)
  }
}
