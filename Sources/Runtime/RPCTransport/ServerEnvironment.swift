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
  /// What the messages of all connections may take.
  let memory: MemoryBudget
  let connections = ConnectionRegistry()
  private let counts = Mutex(ConnectionCounters())
  private let tls: TLSContextSource?

  init(_ router: RPCRouter, _ configuration: RPCServer.Configuration) throws(TLSError) {
    self.router = router
    self.configuration = configuration
    self.limits = configuration.limits
    self.memory = MemoryBudget(limit: configuration.memory.serverBytes)
    self.tls = try configuration.tls.map { tls throws(TLSError) in
      try TLSContextSource(tls, configuration.credentials)
    }
  }

  /// The clients that are denied now; nil without TLS.
  var denyList: PeerDenyList? { self.tls?.credentials.current.denyList }

  /// Has clients cut off that come to be denied, until the observation is let go.
  func observeDenials() -> TLSCredentialSource.Observation? {
    let connections = self.connections
    return self.tls?.credentials.observe { _ in
      for connection in connections.open {
        connection.executor.run { connection.cutOffIfDenied() }
      }
    }
  }

  /// How often what has happened.
  var counters: ConnectionCounters {
    var counters = self.counts.withLock { $0 }
    counters[.memoryExhausted] = self.memory.refusals
    return counters
  }

  /// Counts what has happened to a connection.
  func count(_ event: ConnectionEvent) {
    self.counts.withLock { $0[event] += 1 }
  }

  /// Prepares a socket that has been accepted.
  ///
  /// Called on its loop.
  func accept(_ channel: any Channel) throws {
    self.count(.accepted)
    let executor = EventLoopExecutor.of(channel.eventLoop)
    let tls = try self.tls.map { try TLSSession($0.current()) }
    let connection = ServerConnection(
      self, try HTTP2Session(.server, limits: self.configuration.http2), executor)
    try channel.pipeline.syncOperations.addHandler(connection.makeHandler(tls))
    if !self.connections.add(connection) { connection.shutDown() }
  }
}
