import Foundation

/// Notices that manifests have changed.
public struct ManifestWatch: Sendable {
  private let path: String
  private static let interval: Duration = .seconds(1)

  /// Watches a folder with a kustomization, or a file.
  public init(_ path: String) { self.path = path }

  /// Calls a closure after every change, until the task is cancelled.
  public func run(_ hasChanged: @Sendable () async -> Void) async {
    var last = signature()
    while (try? await Task.sleep(for: Self.interval)) != nil {
      let now = signature()
      guard now != last else { continue }
      last = now
      await hasChanged()
    }
  }

  /// Which files there are, how long, and when they were written; nil while they cannot be read.
  private func signature() -> [String: String]? {
    guard let files = try? Kustomization.read(path).files else { return nil }
    var signatures: [String: String] = [:]
    for file in files {
      let attributes = try? FileManager.default.attributesOfItem(atPath: file)
      let time = (attributes?[.modificationDate] as? Date)?.timeIntervalSinceReferenceDate
      signatures[file] = "\(attributes?[.size] ?? 0) \(time ?? 0)"
    }
    return signatures
  }
}
