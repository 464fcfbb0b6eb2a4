internal import Foundation

/// Files of a folder that change together: a reader sees all of one version or all of the next.
///
/// Each name is a link into `..data`, itself a link to the folder of a version, and a change is the
/// swap of that one link: the way Kubernetes mounts secrets. Names that begin with two points are ours.
///
/// ```
/// trading.key → ..data/trading.key
/// trading.pem → ..data/trading.pem
/// ..data      → ..version-4f1b0c9d
/// ```
struct VersionedFiles {
  private static let current = "..data"
  private static let versionPrefix = "..version-"

  /// The folder that readers see.
  let folder: String

  /// What a file holds; nil if it is not there.
  func text(of name: String) -> String? {
    try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
  }

  /// The names of all files, in order.
  func names() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix("..") }.sorted()
  }

  /// Runs a change while no other process makes one.
  func whileLocked<Result>(
    _ change: () throws(CertificateError) -> Result
  ) throws(CertificateError) -> Result {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .ofSystem(folder) }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX) == 0 else { throw .ofSystem(folder) }
    return try change()
  }

  /// Replaces or adds files, all in one step.
  func replace(_ files: [String: String]) throws(CertificateError) {
    let version = "\(Self.versionPrefix)\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let path = "\(folder)/\(version)"
    guard mkdir(path, 0o700) == 0 else { throw .ofSystem(path) }
    do throws(CertificateError) {
      for name in kept() where files[name] == nil {
        guard link("\(folder)/\(Self.current)/\(name)", "\(path)/\(name)") == 0 else {
          throw .ofSystem("\(path)/\(name)")
        }
      }
      for (name, text) in files { try PrivateFile.write(text, to: "\(path)/\(name)") }
      try point(Self.current, to: version)
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw error
    }
    // A file that stood here for itself becomes a link; one that is a link already stays.
    for name in files.keys {
      let target = "\(Self.current)/\(name)"
      let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
      if link != target { try point(name, to: target) }
    }
    removeVersions(but: version)
  }

  /// The files of the current version.
  private func kept() -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(Self.current)")) ?? []
  }

  /// Makes a name a link, in one step.
  private func point(_ name: String, to target: String) throws(CertificateError) {
    let temporary = "\(folder)/..\(name).new"
    unlink(temporary)
    guard symlink(target, temporary) == 0, rename(temporary, "\(folder)/\(name)") == 0 else {
      throw .ofSystem("\(folder)/\(name)")
    }
  }

  private func removeVersions(but version: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(Self.versionPrefix) && name != version {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }
}

extension CertificateError {
  /// What the system said last about a path.
  static func ofSystem(_ path: String) -> CertificateError {
    .fileFailed(path: path, String(cString: strerror(errno)))
  }
}
