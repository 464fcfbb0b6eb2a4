import HTTP2
import NIOCore
import RPC
import Synchronization
import TLS

/// What all connections of a server share.
final class ServerEnvironment: Sendable {
  let router: RPCRouter
  let configuration: RPCServer.Configuration
  let limits: CallLimits
  let connections = ConnectionRegistry()
  private let tls: Mutex<TLSContext?>

  init(_ router: RPCRouter, _ configuration: RPCServer.Configuration) throws(TLSError) {
    self.router = router
    self.configuration = configuration
    self.limits = configuration.limits
    self.tls = Mutex(try configuration.tls.map { tls throws(TLSError) in try TLSContext(tls) })
  }

  /// Reads the files of the certificate and the authorities again, for the connections to come.
  func reloadTLS() throws(TLSError) {
    guard let tls = self.configuration.tls else { return }
    let context = try TLSContext(tls)
    self.tls.withLock { $0 = context }
  }

  /// Prepares a socket that has been accepted.
  ///
  /// Called on its loop.
  func accept(_ channel: any Channel) throws {
    let executor = LoopExecutor.of(channel.eventLoop)
    let tls = try self.tls.withLock { $0 }.map { try TLSSession($0) }
    let connection = ServerConnection(
      self, try HTTP2Session(.server, limits: self.configuration.http2), executor)
    try channel.pipeline.syncOperations.addHandler(connection.makeHandler(tls))
    if !self.connections.add(connection) { connection.shutDown() }
  }
}

/// The open connections of a server.
final class ConnectionRegistry: Sendable {
  private let state = Mutex(State())

  private struct State {
    var connections: [ObjectIdentifier: ServerConnection] = [:]
    var isStopping = false
    var waiters: [UnsafeContinuation<Void, Never>] = []
  }

  var all: [ServerConnection] { self.state.withLock { Array($0.connections.values) } }

  /// Adds a connection, and says whether it may live; else the server is stopping.
  func add(_ connection: ServerConnection) -> Bool {
    self.state.withLock { state in
      state.connections[ObjectIdentifier(connection)] = connection
      return !state.isStopping
    }
  }

  /// No connection may live from now on; returns those that are open.
  func stop() -> [ServerConnection] {
    self.state.withLock { state in
      state.isStopping = true
      return Array(state.connections.values)
    }
  }

  func remove(_ connection: ServerConnection) {
    let waiters = self.state.withLock { state -> [UnsafeContinuation<Void, Never>] in
      state.connections[ObjectIdentifier(connection)] = nil
      guard state.connections.isEmpty else { return [] }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits until there are none.
  func waitUntilEmpty() async {
    await withUnsafeContinuation { continuation in
      let isEmpty = self.state.withLock { state in
        if !state.connections.isEmpty { state.waiters.append(continuation) }
        return state.connections.isEmpty
      }
      if isEmpty { continuation.resume() }
    }
  }
}
