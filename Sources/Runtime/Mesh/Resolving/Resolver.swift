/// Says where the replicas of one service are.
package protocol Resolver: Sendable {
  /// How long an answer is good while all is well; nil for one that never changes.
  var interval: Duration? { get }

  /// The addresses at this moment, in order; at least one.
  ///
  /// Asked again after each interval, and whenever an address could not be reached.
  func addresses() async throws -> [ServiceAddress]
}

/// Addresses that never change.
struct StaticResolver: Resolver {
  let list: [ServiceAddress]

  var interval: Duration? { nil }
  func addresses() -> [ServiceAddress] { list }
}

/// What the directory says about a service.
struct DirectoryResolver: Resolver {
  let service: String
  let directory: ServiceDirectory
  let interval: Duration?

  func addresses() throws(ServiceDirectoryError) -> [ServiceAddress] {
    try directory.addresses(of: service)
  }
}
