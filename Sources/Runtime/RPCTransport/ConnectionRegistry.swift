import Synchronization

/// The connections of a server: those that are open, and those whose handlers have yet to return.
final class ConnectionRegistry: Sendable {
  private let state = Mutex(State())

  private struct State {
    var open: [ObjectIdentifier: ServerConnection] = [:]
    var lingering: [ObjectIdentifier: ServerConnection] = [:]
    var isStopping = false
    var hasGivenUp = false
    var waiters: [UnsafeContinuation<Bool, Never>] = []

    var isEmpty: Bool { self.open.isEmpty && self.lingering.isEmpty }

    mutating func takeWaiters() -> [UnsafeContinuation<Bool, Never>] {
      defer { self.waiters = [] }
      return self.waiters
    }
  }

  /// Those that are open.
  var open: [ServerConnection] { self.state.withLock { Array($0.open.values) } }

  /// Adds a connection, and says whether it may live; else the server is stopping.
  func add(_ connection: ServerConnection) -> Bool {
    self.state.withLock { state in
      state.open[ObjectIdentifier(connection)] = connection
      return !state.isStopping
    }
  }

  /// No connection may live from now on; returns those that are open.
  func stop() -> [ServerConnection] {
    self.state.withLock { state in
      state.isStopping = true
      return Array(state.open.values)
    }
  }

  /// A connection is gone; unless it is idle, it is kept until `remove`.
  func disconnected(_ connection: ServerConnection, isIdle: Bool) {
    if isIdle { return self.remove(connection) }
    self.state.withLock { state in
      state.open[ObjectIdentifier(connection)] = nil
      state.lingering[ObjectIdentifier(connection)] = connection
    }
  }

  /// A connection is gone, and so are its handlers.
  func remove(_ connection: ServerConnection) {
    let waiters = self.state.withLock { state -> [UnsafeContinuation<Bool, Never>] in
      state.open[ObjectIdentifier(connection)] = nil
      state.lingering[ObjectIdentifier(connection)] = nil
      return state.isEmpty ? state.takeWaiters() : []
    }
    for waiter in waiters { waiter.resume(returning: true) }
  }

  /// Waits until there are none, and says whether that is so; else `giveUp` was called.
  func waitUntilEmpty() async -> Bool {
    await withUnsafeContinuation { continuation in
      let result = self.state.withLock { state -> Bool? in
        if state.isEmpty { return true }
        if state.hasGivenUp { return false }
        state.waiters.append(continuation)
        return nil
      }
      if let result { continuation.resume(returning: result) }
    }
  }

  /// Ends the waiting.
  func giveUp() {
    let waiters = self.state.withLock { state -> [UnsafeContinuation<Bool, Never>] in
      state.hasGivenUp = true
      return state.takeWaiters()
    }
    for waiter in waiters { waiter.resume(returning: false) }
  }
}
