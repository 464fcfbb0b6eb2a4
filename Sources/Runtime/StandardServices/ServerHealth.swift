import Synchronization

/// Whether a server serves, service by service.
///
/// A server begins as one that does not: whoever has started it says when it is ready. Once it drains it
/// never serves again.
public final class ServerHealth: Sendable {
  /// What is said of a service.
  public enum Status: Sendable, Hashable {
    /// Calls are answered.
    case serving
    /// Calls had better go to another server: this one starts, drains, or lacks what it needs.
    case notServing
  }

  /// Under this name the status of the whole server is asked for.
  ///
  /// It serves if each of its services does.
  public static let server = ""

  private let state: Mutex<State>

  private struct State {
    var services: [String: Status]
    var isDraining = false
    var watchers: [Int: Watcher] = [:]
    var nextWatcher = 0

    func status(of service: String) -> Status? {
      guard service == ServerHealth.server else { return services[service] }
      return !isDraining && services.values.allSatisfy { $0 == .serving } ? .serving : .notServing
    }

    /// Tells each watcher whose service has changed.
    func tell() {
      for watcher in watchers.values { watcher.continuation.yield(status(of: watcher.service)) }
    }
  }

  private struct Watcher {
    let service: String
    let continuation: AsyncStream<Status?>.Continuation
  }

  /// The health of a server with these services, none of which serves yet.
  public init(services: [String]) {
    state = Mutex(
      State(services: Dictionary(services.map { ($0, .notServing) }) { first, _ in first }))
  }

  deinit { for watcher in state.withLock(\.watchers.values) { watcher.continuation.finish() } }

  /// Says whether the services serve from now on; without effect once the server drains.
  public func set(_ status: Status) {
    state.withLock { state in
      guard !state.isDraining else { return }
      for name in state.services.keys { state.services[name] = status }
      state.tell()
    }
  }

  /// Says whether one service serves from now on; without effect once the server drains, and for a
  /// service that it does not have.
  public func set(_ status: Status, of service: String) {
    state.withLock { state in
      guard !state.isDraining, state.services[service] != nil else { return }
      state.services[service] = status
      state.tell()
    }
  }

  /// Nothing serves any more, and those who watch are sent away after they have been told.
  public func drain() {
    let watchers = state.withLock { state in
      state.isDraining = true
      for name in state.services.keys { state.services[name] = .notServing }
      state.tell()
      defer { state.watchers = [:] }
      return state.watchers
    }
    for watcher in watchers.values { watcher.continuation.finish() }
  }

  /// What is said of a service, or of ``server``; nil for one that the server does not have.
  public func status(of service: String) -> Status? { state.withLock { $0.status(of: service) } }

  /// What is said of the server and of each service, by name.
  public var statuses: [String: Status] {
    state.withLock { state in
      state.services.merging([Self.server: state.status(of: Self.server) ?? .notServing]) { $1 }
    }
  }

  /// What is said of a service now, and then after each change; ends when the server drains.
  ///
  /// Whoever reads slowly gets the latest only.
  public func changes(of service: String) -> AsyncStream<Status?> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Status?.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state -> Int? in
      continuation.yield(state.status(of: service))
      guard !state.isDraining else { return nil }
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = Watcher(service: service, continuation: continuation)
      return state.nextWatcher
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.watchers.removeValue(forKey: number) }
    }
    return stream
  }
}
