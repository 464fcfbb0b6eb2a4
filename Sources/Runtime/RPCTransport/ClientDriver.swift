import HTTP2
import Logging
import NIOCore
import RPC
import Synchronization
import TLS

/// The client's end of a connection, on its loop.
final class ClientDriver: ConnectionOwner, @unchecked Sendable {
  // Unchecked: what is not a constant or behind the lock is touched by the loop's thread only.
  let configuration: ClientConnection.Configuration
  let authority: String
  let executor: EventLoopExecutor
  let session: HTTP2Session
  private var handler: ConnectionHandler?
  private var ready: EventLoopPromise<ClientDriver>?
  private var failure: (any Error)?
  private var keepaliveTimer: Scheduled<Void>?
  /// The pings that went out since headers or data came, and how much of those had come by then.
  private var pings = (count: 0, seenWork: 0)
  private var isWaitingForPing = false
  /// Tells of servers that come to be denied; nil while there is nothing to tell.
  private var denials: TLSCredentialSource.Observation?
  private let shared = Mutex(Shared())

  private struct Shared {
    var state = ClientConnection.State.ready
    var certificate: TLSCertificate?
    var callCount = 0
    var pingsTooOften = false
    var observers: [@Sendable (ClientConnection.State) -> Void] = []
  }

  init(
    _ configuration: ClientConnection.Configuration, authority: String,
    _ ready: EventLoopPromise<ClientDriver>, _ executor: EventLoopExecutor
  ) throws(HTTP2Error) {
    self.configuration = configuration
    self.authority = authority
    self.ready = ready
    self.executor = executor
    self.session = try HTTP2Session(.client, limits: configuration.http2)
    self.session.delegate = self
  }

  /// Makes the handler that drives this connection.
  func makeHandler(_ tls: TLSSession?) -> ConnectionHandler {
    let handler = ConnectionHandler(
      self, session: self.session, tls: tls,
      handshakeTimeout: self.configuration.connectTimeout, executor: self.executor)
    self.handler = handler
    return handler
  }

  // MARK: - From any thread

  var state: ClientConnection.State { self.shared.withLock(\.state) }
  var pingsTooOften: Bool { self.shared.withLock(\.pingsTooOften) }
  var certificate: TLSCertificate? { self.shared.withLock(\.certificate) }
  var callCount: Int { self.shared.withLock(\.callCount) }
  var scheme: String { self.configuration.tls == nil ? "http" : "https" }

  func observe(_ observer: @escaping @Sendable (ClientConnection.State) -> Void) {
    let state = self.shared.withLock { shared in
      if shared.state != .closed { shared.observers.append(observer) }
      return shared.state
    }
    if state != .ready { observer(state) }
  }

  // MARK: - For the streams

  /// Whether there is no connection any more.
  var isGone: Bool { self.handler == nil }

  func flushLater() {
    self.handler?.flushLater()
  }

  func callBegan() {
    self.shared.withLock { $0.callCount += 1 }
  }

  func callEnded() {
    self.shared.withLock { $0.callCount -= 1 }
    // A connection that drains ends with its last call.
    self.flushLater()
  }

  /// The failure of a call that came too late for this connection: nothing of it was sent.
  var takesNoCalls: RPCError {
    RPCError(
      .unavailable, "the connection to \(self.authority) takes no more calls",
      cause: CallNotProcessed(wasSent: false))
  }

  /// The failure of a call whose connection is lost.
  func unavailable(_ cause: (any Error)?) -> RPCError {
    RPCError(
      .unavailable, "the connection to \(self.authority) is lost", cause: cause ?? self.failure)
  }

  // MARK: - ConnectionOwner

  func makeStream() -> HTTP2Stream {
    // Pushed streams are disabled by our settings.
    HTTP2Stream()
  }

  func established(_ certificate: TLSCertificate?) {
    self.shared.withLock { $0.certificate = certificate }
    guard certificate != nil, let credentials = self.configuration.credentials else { return }
    self.denials = credentials.observe { [weak self] _ in
      guard let self else { return }
      self.executor.run { self.cutOffIfDenied() }
    }
    // The list may have changed since the handshake began.
    self.cutOffIfDenied()
  }

  /// Ends the connection if the server is denied by now.
  private func cutOffIfDenied() {
    guard self.denials != nil, let certificate = self.certificate,
      let list = self.configuration.credentials?.current.denyList,
      let refusal = list.refusal(of: certificate)
    else { return }
    Self.logger.warning(
      "a connection is cut off", metadata: ["server": "\(self.authority)", "error": "\(refusal)"])
    self.cutOff(refusal)
  }

  private static let logger = Logger(label: "rpc.client")

  /// Only now is the connection ready: in TLS 1.3 a client is done before the server has looked at its
  /// certificate.
  func receivedSettings() {
    self.handler?.stopHandshakeTimer()
    self.ready.take()?.succeed(self)
    self.startKeepalive()
  }

  func receivedGoAway(lastStreamID: Int32, code: HTTP2ErrorCode, reason: String) {
    if code != .noError { self.failure = GoneAway(code: code, reason: reason) }
    if code == .enhanceYourCalm, reason == ConnectionManagement.tooManyPings {
      self.shared.withLock { $0.pingsTooOften = true }
    }
    self.change(to: .draining)
  }

  func receivedPing() {}

  func receivedPingAnswer(_ mark: UInt64) {
    guard mark == PingMark.keepalive, self.isWaitingForPing else { return }
    self.isWaitingForPing = false
    self.keepaliveTimer?.cancel()
    self.startKeepalive()
  }

  func settle() {
    self.wakeKeepalive()
  }

  func disconnected(_ error: (any Error)?) {
    self.failure = error ?? self.failure
    self.handler = nil
    self.denials = nil
    self.keepaliveTimer?.cancel()
    self.ready.take()?.fail(self.failure ?? ConnectionError.closedByServer)
    self.change(to: .closed)
  }

  private func change(to state: ClientConnection.State) {
    let observers = self.shared.withLock { shared -> [@Sendable (ClientConnection.State) -> Void] in
      guard shared.state != state, shared.state != .closed else { return [] }
      shared.state = state
      defer { if state == .closed { shared.observers = [] } }
      return shared.observers
    }
    for observer in observers { observer(state) }
  }

  // MARK: - The end

  /// Takes no new calls, and ends when those under way have.
  func drain() {
    guard self.state == .ready else { return }
    self.change(to: .draining)
    self.session.refuseStreams()
    self.flushLater()
  }

  /// Ends the connection at once.
  func cutOff(_ error: (any Error)?) {
    self.session.terminate(.noError)
    self.handler?.closeLater(error)
  }

  // MARK: - Keepalive

  /// Asks for a sign of life when nothing has come for the interval.
  ///
  /// - Parameter start: When it begins; nil is when something came last.
  private func startKeepalive(from start: NIODeadline? = nil) {
    guard var interval = self.configuration.keepaliveInterval else { return }
    let work = self.session.receivedWork
    if self.pings.seenWork != work { self.pings = (0, work) }
    if self.pings.count >= self.configuration.keepalivePingsWithoutData {
      interval = max(interval, self.configuration.keepaliveIdleInterval)
    }
    guard let lastRead = self.handler?.lastRead else { return }
    let due = (start ?? lastRead) + TimeAmount(interval)
    self.keepaliveTimer = self.executor.loop.scheduleTask(deadline: due) {
      self.checkLife(since: lastRead)
    }
  }

  /// Calls are not idle any more: asks at the shorter interval again.
  private func wakeKeepalive() {
    guard self.pings.count > 0, self.pings.seenWork != self.session.receivedWork,
      let timer = self.keepaliveTimer, !self.isWaitingForPing
    else { return }
    timer.cancel()
    self.startKeepalive()
  }

  private func checkLife(since lastRead: NIODeadline) {
    guard let handler = self.handler else { return }
    // While nobody waits for anything, silence has no length.
    guard self.session.hasStreams else { return self.startKeepalive(from: .now()) }
    guard handler.lastRead == lastRead else { return self.startKeepalive() }
    self.session.ping(PingMark.keepalive)
    self.pings.count += 1
    self.isWaitingForPing = true
    self.flushLater()
    let timeout = self.configuration.keepaliveTimeout
    self.keepaliveTimer = self.executor.loop.scheduleTask(in: TimeAmount(timeout)) {
      self.isWaitingForPing = false
      if self.handler?.lastRead == lastRead {
        self.cutOff(ConnectionError.keepaliveTimeout(timeout))
      } else {
        self.startKeepalive()
      }
    }
  }
}

/// The server ended the connection.
struct GoneAway: Error, CustomStringConvertible {
  let code: HTTP2ErrorCode
  let reason: String

  var description: String {
    "the server ended the connection with \(self.code)"
      + (self.reason.isEmpty ? "" : " (\(self.reason))")
  }
}
