import HTTP2
import Logging
import NIOCore
import RPC
import TLS

/// One client's connection to the server.
final class ServerConnection: ConnectionOwner, @unchecked Sendable {
  // Unchecked: touched by the loop's thread only.
  let server: ServerEnvironment
  let session: HTTP2Session
  let executor: EventLoopExecutor
  private(set) var peer: PeerIdentity?
  private var handler: ConnectionHandler?
  private var ready: [ServerStream] = []
  private var actions: [() -> Void] = []
  private var isSettling = false
  private var isShuttingDown = false
  private var isDisconnected = false
  private var handlerCount = 0

  init(_ server: ServerEnvironment, _ session: HTTP2Session, _ executor: EventLoopExecutor) {
    self.server = server
    self.session = session
    self.executor = executor
    session.delegate = self
  }

  /// Makes the handler that drives this connection.
  func makeHandler(_ tls: TLSSession?) -> ConnectionHandler {
    let handler = ConnectionHandler(
      self, session: self.session, tls: tls,
      handshakeTimeout: self.server.configuration.handshakeTimeout, executor: self.executor)
    self.handler = handler
    return handler
  }

  // MARK: - For the streams

  func flushLater() {
    self.handler?.flushLater()
  }

  /// A handler starts.
  func handlerBegan() {
    self.handlerCount += 1
  }

  /// A handler has returned, maybe after its connection was gone.
  func handlerEnded() {
    self.handlerCount -= 1
    if self.isDisconnected, self.handlerCount == 0 { self.server.connections.remove(self) }
  }

  /// Starts a stream's handler when the session is at rest.
  func startLater(_ stream: ServerStream) {
    self.ready.append(stream)
  }

  /// Runs an action when the session is at rest.
  func doLater(_ action: @escaping () -> Void) {
    self.actions.append(action)
    self.flushLater()
  }

  /// Logs a failure that a caller is not told everything about.
  func report(_ error: RPCError, in call: ServerCall) {
    guard let cause = error.cause, error.code == .unknown || error.code == .internal else { return }
    self.server.configuration.logger.error(
      "a handler failed",
      metadata: [
        "rpc.method": "\(call.registered.descriptor.path)", "rpc.status": "\(error.code)",
        "correlation.id": "\(ServerContext(call).correlationID ?? "")", "error": "\(cause)",
      ])
  }

  // MARK: - ConnectionOwner

  func makeStream() -> HTTP2Stream {
    ServerStream(self)
  }

  func receivedSettings() {
    self.handler?.stopHandshakeTimer()
  }

  func receivedGoAway(lastStreamID: Int32, code: HTTP2ErrorCode) {}

  func receivedPingAnswer() {
    // The ping that went with the notice of the shutdown: streams that crossed it have arrived.
    if self.isShuttingDown { self.session.refuseStreams() }
  }

  func established(_ certificate: TLSPeerCertificate?) {
    // The SPIFFE standard allows exactly one URI in a certificate (X509-SVID, 2).
    if let uris = certificate?.uris, uris.count == 1, uris[0].hasPrefix("spiffe://") {
      self.peer = PeerIdentity(spiffeID: uris[0])
    }
  }

  func settle() {
    guard !self.isSettling else { return }
    self.isSettling = true
    defer { self.isSettling = false }
    while !(self.ready.isEmpty && self.actions.isEmpty) {
      let (ready, actions) = (self.ready, self.actions)
      self.ready.removeAll(keepingCapacity: true)
      self.actions.removeAll()
      for stream in ready { stream.start() }
      for action in actions { action() }
    }
  }

  func disconnected(_ error: (any Error)?) {
    if let error {
      self.server.configuration.logger.debug(
        "a connection ended",
        metadata: ["error": "\(error)", "peer": "\(self.peer?.spiffeID ?? "")"])
    }
    self.handler = nil
    self.isDisconnected = true
    self.server.connections.disconnected(self, isIdle: self.handlerCount == 0)
  }

  // MARK: - The end

  /// Says that the connection will end: new streams are refused after a round trip, those that are open go
  /// on.
  func shutDown() {
    guard !self.isShuttingDown else { return }
    self.isShuttingDown = true
    self.session.announceShutdown()
    self.session.ping()
    self.flushLater()
  }

  /// Ends the connection, and with it the calls that are still under way.
  func cutOff() {
    self.session.terminate(.noError)
    self.handler?.closeLater(nil)
  }
}
