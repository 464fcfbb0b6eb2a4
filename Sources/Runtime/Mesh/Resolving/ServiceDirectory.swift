import Foundation

/// Says where the services of the mesh are.
///
/// Either a fixed table or a folder, which is read anew at every look-up. In it, the file that is
/// named like a service has one address on each line: written by hand, or mounted. Each instance
/// that runs adds a file of its own, `<service>@<instance>`, with ``register(_:of:)``, and all of
/// them count.
public struct ServiceDirectory: Sendable {
  private enum Source: Sendable {
    case table([String: [ServiceAddress]])
    case folder(String)
  }

  private let source: Source

  /// A fixed table.
  public init(_ table: [String: [ServiceAddress]]) { source = .table(table) }

  /// The files of a folder.
  public init(folder: String) { source = .folder(folder) }

  /// The addresses of a service, in order; at least one.
  ///
  /// Reads a small file: not for an event loop.
  public func addresses(of service: String) throws(ServiceDirectoryError) -> [ServiceAddress] {
    let found: [ServiceAddress]
    switch source {
    case .table(let table): found = table[service] ?? []
    case .folder(let folder): found = try Self.read(folder, service)
    }
    guard !found.isEmpty else { throw ServiceDirectoryError.unknownService(service) }
    return found
  }

  /// Writes where a service listens, replacing what its file said.
  ///
  /// For a service whose port the system chose. Has no effect on a fixed table.
  public func publish(
    _ addresses: [ServiceAddress], of service: String
  ) throws(ServiceDirectoryError) {
    guard case .folder(let folder) = source else { return }
    let path = "\(folder)/\(service)"
    let text = addresses.map { "\($0)\n" }.joined()
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw ServiceDirectoryError.fileFailed(path: path, error.localizedDescription)
    }
  }

  /// Says that this process serves at an address, until it withdraws or ends.
  ///
  /// - Returns: nil for a fixed table, which stays as it is.
  public func register(
    _ address: ServiceAddress, of service: String
  ) throws(ServiceDirectoryError) -> ServiceRegistration? {
    guard case .folder(let folder) = source else { return nil }
    return try ServiceRegistration(address, of: service, in: folder)
  }

  private static func read(
    _ folder: String, _ service: String
  ) throws(ServiceDirectoryError) -> [ServiceAddress] {
    var addresses: [ServiceAddress] = []
    func add(_ data: Data?, from path: String) throws(ServiceDirectoryError) {
      for line in String(decoding: data ?? Data(), as: UTF8.self).split(whereSeparator: \.isNewline)
      {
        let text = line.trimmingCharacters(in: .whitespaces)
        guard let address = ServiceAddress(text) else {
          throw ServiceDirectoryError.malformed(path: path, line: text)
        }
        if !addresses.contains(address) { addresses.append(address) }
      }
    }
    try add(
      FileManager.default.contents(atPath: "\(folder)/\(service)"), from: "\(folder)/\(service)")
    let prefix = "\(service)\(ServiceRegistration.separator)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.filter({ $0.hasPrefix(prefix) }).sorted() {
      try add(ServiceRegistration.contents(of: "\(folder)/\(name)"), from: "\(folder)/\(name)")
    }
    return addresses
  }
}

/// Why a directory could not say where a service is.
public enum ServiceDirectoryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The directory knows no address of the service.
  case unknownService(String)
  /// A line of a service's file is not an address.
  case malformed(path: String, line: String)
  /// A service's file could not be written.
  case fileFailed(path: String, String)

  /// What is wrong, and where.
  public var description: String {
    switch self {
    case .unknownService(let name): "the directory knows no address of \(name)"
    case .malformed(let path, let line): "\(path): \"\(line)\" \(ServiceAddress.rule)"
    case .fileFailed(let path, let reason): "\(path): \(reason)"
    }
  }
}
