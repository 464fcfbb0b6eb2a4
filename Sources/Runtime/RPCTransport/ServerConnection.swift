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
  /// What requests may take that have yet to reach their handlers, and responses that have yet to be sent.
  let requestBudget: MemoryBudget
  let responseBudget: MemoryBudget
  /// How many calls are open whose handlers have begun and write their responses into a pipe.
  var streamingCalls = 0
  private(set) var peer: PeerIdentity?
  private var certificate: TLSCertificate?
  private var handler: ConnectionHandler?
  private var supervisor: ConnectionSupervisor?
  private var pingStrikes: PingStrikes
  private var noticeTimer: Scheduled<Void>?
  private var ready: [ServerStream] = []
  private var spareReady: [ServerStream] = []
  private var actions: [() -> Void] = []
  private var isSettling = false
  private var isShuttingDown = false
  private var isCutOff = false
  private var isDisconnected = false
  private var handlerCount = 0

  init(_ server: ServerEnvironment, _ session: HTTP2Session, _ executor: EventLoopExecutor) {
    self.server = server
    self.session = session
    self.executor = executor
    let bytes = server.configuration.memory.connectionBytes
    self.requestBudget = MemoryBudget(limit: bytes, partOf: server.memory)
    self.responseBudget = MemoryBudget(limit: bytes, partOf: server.memory)
    self.pingStrikes = PingStrikes(server.configuration.connections)
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
    guard let handler = self.handler else { return }
    handler.stopHandshakeTimer()
    self.supervisor = ConnectionSupervisor(self, handler, self.server.configuration.connections)
  }

  func receivedGoAway(lastStreamID: Int32, code: HTTP2ErrorCode, reason: String) {}

  func receivedPing() {
    guard !self.isCutOff,
      self.pingStrikes.note(
        at: .now(), hasCalls: self.session.hasStreams, sentWork: self.session.sentWork)
    else { return }
    self.isCutOff = true
    self.session.refuseStreams(.enhanceYourCalm, reason: ConnectionManagement.tooManyPings)
    self.handler?.closeLater(ConnectionError.tooManyPings)
  }

  func receivedPingAnswer(_ mark: UInt64) {
    switch mark {
    case PingMark.keepalive: self.supervisor?.receivedLife()
    case PingMark.shutdown: self.endNotice()
    default: break
    }
  }

  func established(_ certificate: TLSCertificate?) {
    self.certificate = certificate
    // The SPIFFE standard allows exactly one URI in a certificate (X509-SVID, 2).
    if let uris = certificate?.uris, uris.count == 1, uris[0].hasPrefix("spiffe://") {
      self.peer = PeerIdentity(spiffeID: uris[0])
    }
    // The list may have changed since the handshake began.
    self.cutOffIfDenied()
  }

  func settle() {
    guard !self.isSettling else { return }
    self.isSettling = true
    defer { self.isSettling = false }
    while !(self.ready.isEmpty || self.holdsHandlersBack) || !self.actions.isEmpty {
      swap(&self.ready, &self.spareReady)
      for (index, stream) in self.spareReady.enumerated() {
        if self.holdsHandlersBack {
          self.ready.insert(contentsOf: self.spareReady[index...], at: 0)
          break
        }
        stream.start()
      }
      self.spareReady.removeAll(keepingCapacity: true)
      guard !self.actions.isEmpty else { continue }
      let actions = self.actions
      self.actions.removeAll()
      for action in actions { action() }
    }
  }

  /// Whether the client has so much to read that nothing more is done for it until it has.
  ///
  /// What the pipe of each stream may hold does not count: a stream that is not read must not hold up others.
  private var holdsHandlersBack: Bool {
    let paused = self.streamingCalls * self.server.limits.bufferedBytes
    return self.responseBudget.heldBytes - paused >= self.server.configuration.memory.unsentBytes
      && !self.isDisconnected
  }

  func disconnected(_ error: (any Error)?) {
    if let error {
      if let event = ConnectionEvent(endedBy: error) { self.server.count(event) }
      self.server.configuration.logger.log(
        level: Self.isDenial(error) ? .warning : .debug, "a connection ended",
        metadata: ["error": "\(error)", "peer": "\(self.peer?.spiffeID ?? "")"])
      if Self.isDenial(error) {
        self.server.configuration.peerRefused?(
          RefusedPeer(caller: self.peer?.spiffeID, reason: "\(error)"))
      }
    }
    self.handler = nil
    self.supervisor?.stop()
    self.supervisor = nil
    self.noticeTimer?.cancel()
    self.isDisconnected = true
    self.server.connections.disconnected(self, isIdle: self.handlerCount == 0)
  }

  // MARK: - The end

  /// Says that the connection will end: new streams are refused after a round trip, those that are open go
  /// on.
  ///
  /// - Parameter event: what is counted, if the end is the connection's own.
  func shutDown(_ event: ConnectionEvent? = nil) {
    guard !self.isShuttingDown, !self.isDisconnected else { return }
    self.isShuttingDown = true
    if let event { self.server.count(event) }
    self.session.announceShutdown()
    self.session.ping(PingMark.shutdown)
    self.flushLater()
    // Whoever does not answer has had the notice for long enough.
    let timeout = TimeAmount(self.server.configuration.connections.keepaliveTimeout)
    self.noticeTimer = self.executor.loop.scheduleTask(in: timeout) { self.endNotice() }
  }

  /// Streams that crossed the notice have arrived: no others are taken.
  private func endNotice() {
    guard self.isShuttingDown, let timer = self.noticeTimer.take() else { return }
    timer.cancel()
    self.session.refuseStreams()
    self.flushLater()
  }

  /// Ends the calls whose responses the client has not read since this was last done.
  ///
  /// - Returns: Whether there was one.
  func resetStalledStreams() -> Bool {
    var stalled: [HTTP2Stream] = []
    self.session.forEachStream { stream in
      if (stream as? ServerStream)?.isStalled() == true { stalled.append(stream) }
    }
    for stream in stalled {
      self.server.count(.stalledCall)
      self.session.reset(stream, .cancel)
    }
    self.flushLater()
    return !stalled.isEmpty
  }

  /// Ends the connection if the client is denied by now.
  func cutOffIfDenied() {
    guard let certificate = self.certificate, let list = self.server.denyList,
      let refusal = list.refusal(of: certificate)
    else { return }
    self.cutOff(refusal)
  }

  private static func isDenial(_ error: any Error) -> Bool {
    (error as? TLSError)?.code == .peerDenied
  }

  /// Ends the connection, and with it the calls that are still under way.
  func cutOff(_ error: (any Error)? = nil) {
    let isOffence = if case ConnectionError.stalled? = error { true } else { false }
    self.session.terminate(isOffence ? .enhanceYourCalm : .noError)
    self.handler?.closeLater(error)
  }
}
