import ExchangeDomain
import ProcessKit
import Synchronization

/// Wakes the streams of an account's reports when this replica has committed one, and ends all streams
/// when the service stops.
final class ReportBell: Sendable {
  private struct State {
    var hasEnded = false
    var listeners: [AccountName: [ObjectIdentifier: Weak]] = [:]
  }

  /// Holds a listener only as long as its stream does.
  private struct Weak {
    weak let listener: Listener?
  }

  private let state = Mutex(State())

  /// Wakes the streams of an account.
  func ring(for account: AccountName) {
    let listeners = state.withLock { state in
      state.listeners[account].map { $0.values.compactMap(\.listener) } ?? []
    }
    for listener in listeners { listener.signal.raise() }
  }

  /// Listens for an account until the listener is released.
  func listener(for account: AccountName) -> Listener {
    let listener = Listener(account: account, bell: self)
    state.withLock { state in
      state.listeners[account, default: [:]][ObjectIdentifier(listener)] = Weak(listener: listener)
    }
    return listener
  }

  fileprivate func remove(_ id: ObjectIdentifier, of account: AccountName) {
    state.withLock { state in
      state.listeners[account]?[id] = nil
      if state.listeners[account]?.isEmpty == true { state.listeners[account] = nil }
    }
  }

  fileprivate var hasEnded: Bool { state.withLock(\.hasEnded) }

  /// Waits until the task is cancelled; then ends the streams, also those opened later.
  func run() async {
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    let listeners = state.withLock { state in
      state.hasEnded = true
      return state.listeners.values.flatMap { $0.values.compactMap(\.listener) }
    }
    for listener in listeners { listener.signal.raise() }
  }

  /// One stream's ear.
  final class Listener: Sendable {
    fileprivate let signal = WakeSignal()
    private let account: AccountName
    private let bell: ReportBell

    fileprivate init(account: AccountName, bell: ReportBell) {
      self.account = account
      self.bell = bell
    }

    deinit { bell.remove(ObjectIdentifier(self), of: account) }

    /// Whether the streams have ended.
    var hasEnded: Bool { bell.hasEnded }

    /// Waits until there may be a new report, at most for `limit`.
    func wait(atMost limit: Duration) async {
      if !hasEnded { await signal.wait(atMost: limit) }
    }
  }
}
