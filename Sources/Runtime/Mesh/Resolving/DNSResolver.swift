internal import Synchronization

/// The addresses of a name, as the system's resolver knows them.
///
/// The system does not tell how long an answer may be kept, so the name is asked for at an interval, and
/// sooner when an address cannot be reached; but no more often than ``minimumInterval`` says, whatever
/// happens to connections. While the name cannot be resolved the last answer stands: an outage of DNS is
/// none of the service.
package final class DNSResolver: Resolver {
  /// The IP addresses of a name, of both versions.
  package typealias LookUp = @Sendable (_ host: String) async throws -> [String]

  /// The shortest time between two questions.
  package static let minimumInterval: Duration = .seconds(1)

  package let interval: Duration?
  private let host: String
  private let port: Int
  private let minimumInterval: Duration
  private let lookUp: LookUp
  private let state = Mutex(State())

  private struct State {
    var lastQuestion: ContinuousClock.Instant?
    /// The last answer that was one; a failure only while there has been none.
    var answer: Result<[ServiceAddress], any Error>?
  }

  /// A resolver that has not asked yet.
  package init(
    host: String, port: Int, interval: Duration,
    minimumInterval: Duration = DNSResolver.minimumInterval,
    lookUp: @escaping LookUp = SystemNames.addresses
  ) {
    self.host = host
    self.port = port
    self.interval = interval
    self.minimumInterval = minimumInterval
    self.lookUp = lookUp
  }

  package func addresses() async throws -> [ServiceAddress] {
    let now = ContinuousClock.now
    let known = state.withLock { state -> Result<[ServiceAddress], any Error>? in
      if let last = state.lastQuestion, last.duration(to: now) < minimumInterval,
        let answer = state.answer
      {
        return answer
      }
      state.lastQuestion = now
      return nil
    }
    if let known { return try known.get() }
    let answer: Result<[ServiceAddress], any Error>
    do { answer = .success(try await ask()) } catch { answer = .failure(error) }
    let best = state.withLock { state in
      let known = state.answer ?? answer
      if case .success = known, case .failure = answer { return known }
      state.answer = answer
      return answer
    }
    return try best.get()
  }

  private func ask() async throws -> [ServiceAddress] {
    var addresses: [ServiceAddress] = []
    for host in try await lookUp(host) {
      let address = ServiceAddress(host: host, port: port)
      if !addresses.contains(address) { addresses.append(address) }
    }
    guard !addresses.isEmpty else { throw NameNotResolved(host: host, reason: "it has no address") }
    return addresses
  }
}

/// A name for which the system knows no address.
struct NameNotResolved: Error, CustomStringConvertible {
  let host: String
  let reason: String

  var description: String { "the name \(host) is not resolved: \(reason)" }
}
