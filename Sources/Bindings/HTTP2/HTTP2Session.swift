internal import CNGHTTP2

/// What happens to a connection as a whole.
public protocol HTTP2SessionDelegate: AnyObject {
  /// A client opened a stream; the session holds on to what is returned until it is closed.
  func makeStream() -> HTTP2Stream
  /// The peer's settings came for the first time.
  func receivedSettings()
  /// The peer will not take new streams; those above the last one it names are refused.
  ///
  /// - Parameter reason: the debug data, for people and for logs (RFC 9113, 6.8).
  func receivedGoAway(lastStreamID: Int32, code: HTTP2ErrorCode, reason: String)
  /// The peer sent a PING; it is answered by the session.
  func receivedPing()
  /// The peer answered a PING.
  ///
  /// - Parameter mark: what the PING carried.
  func receivedPingAnswer(_ mark: UInt64)
}

/// One end of an HTTP/2 connection, without its socket: the owner of an `nghttp2_session`.
///
/// It belongs to one thread. Bytes go in by `receive` and come out by `nextOutput`. A session has to be
/// closed: it lives in a cycle with its streams.
public final class HTTP2Session {
  /// Is told what happens to the connection.
  ///
  /// Set it before the first bytes are received; a session without one refuses every stream.
  public weak var delegate: (any HTTP2SessionDelegate)?

  /// Which end of the connection this is.
  public enum Role: Sendable {
    /// The end that is called.
    case server
    /// The end that calls.
    case client
  }

  /// Tells the time.
  public typealias Clock = () -> ContinuousClock.Instant

  let role: Role
  let limits: HTTP2Limits
  var guardian: FloodGuard
  var estimate: BandwidthDelayEstimate
  /// What is left of `windowPoolBytes`.
  var windowPool: Int
  let now: Clock
  var flood: FloodGuard.Kind?
  var hasReceivedSettings = false
  /// How many streams are open, or wait to be.
  private(set) var streamCount = 0
  /// How many frames came that carried headers or data.
  public internal(set) var receivedWork = 0
  /// How many frames went that carried headers or data.
  public internal(set) var sentWork = 0
  /// How many frames went that carried data or ended a stream: a peer that opens no window gets none of the
  /// first, one that reads nothing none of either.
  public internal(set) var deliveries = 0
  private var hasStatedLimits = false
  private(set) var session: OpaquePointer?
  private unowned(unsafe) var firstStream: HTTP2Stream?
  /// The stream whose header block comes in: each of its fields would have to be looked up otherwise.
  unowned(unsafe) var headerStream: HTTP2Stream?

  /// Creates a session and puts its first SETTINGS into the output.
  ///
  /// - Parameter now: tells the time, by which floods and round trips are measured.
  /// - Throws: `.unsafeLibrary` on a libnghttp2 without the protections that we rely on.
  public init(
    _ role: Role, limits: HTTP2Limits, now: @escaping Clock = { .now }
  ) throws(HTTP2Error) {
    try HTTP2Library.installed.get()
    self.role = role
    self.limits = limits
    self.now = now
    self.guardian = FloodGuard(limits.floods, now: now())
    self.estimate = BandwidthDelayEstimate(
      bytes: Int(limits.streamWindowBytes), limit: Int(limits.maximumStreamWindowBytes))
    self.windowPool = Int(limits.windowPoolBytes)
    let options = try HTTP2Options(limits)
    let user = Unmanaged.passUnretained(self).toOpaque()
    let callbacks = HTTP2Callbacks.shared.pointer
    switch role {
    case .server:
      try Self.check(nghttp2_session_server_new2(&self.session, callbacks, user, options.pointer))
    case .client:
      try Self.check(nghttp2_session_client_new2(&self.session, callbacks, user, options.pointer))
    }
    try self.submitSettings(role)
  }

  deinit {
    nghttp2_session_del(self.session)
  }

  private func submitSettings(_ role: Role) throws(HTTP2Error) {
    // libnghttp2 ends the connection where the stream over the limit is to be refused: it is told a higher
    // limit, and the peer ours.
    let (hardLimit, overflow) = self.limits.concurrentStreams.multipliedReportingOverflow(
      by: max(1, self.limits.refusalHeadroom))
    var settings = [
      (NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, overflow ? .max : hardLimit),
      (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, UInt32(self.limits.streamWindowBytes)),
      (NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, UInt32(self.limits.headerBytes)),
      (NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
    ].map { nghttp2_settings_entry(settings_id: Int32($0.0.rawValue), value: $0.1) }
    if role == .client {
      settings[0] = nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0)
    }
    let none = UInt8(NGHTTP2_FLAG_NONE.rawValue)
    try Self.check(nghttp2_submit_settings(self.session, none, settings, settings.count))
    try Self.check(
      nghttp2_session_set_local_window_size(
        self.session, none, 0, self.limits.connectionWindowBytes))
  }

  // MARK: - Bytes

  /// Takes in bytes from the peer; streams are told what they mean.
  ///
  /// - Throws: What makes the connection useless; what is in the output then is still to be sent.
  public func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTP2Error) {
    guard let session = self.session, let base = bytes.baseAddress else { return }
    let result = nghttp2_session_mem_recv(
      session, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    switch Int32(truncatingIfNeeded: result) {
    case NGHTTP2_ERR_TOO_MANY_CONTINUATIONS.rawValue: self.note(.continuation)
    case NGHTTP2_ERR_FLOODED.rawValue: self.note(.unreadAnswers)
    default: break
    }
    if let flood = self.flood { throw .flood(flood) }
    try Self.check(Int32(truncatingIfNeeded: result))
  }

  /// The next bytes for the peer, valid until the session is next used; nil when there are none.
  public func nextOutput() throws(HTTP2Error) -> UnsafeRawBufferPointer? {
    guard let session = self.session else { return nil }
    var bytes: UnsafePointer<UInt8>?
    let count = nghttp2_session_mem_send(session, &bytes)
    try Self.check(Int32(truncatingIfNeeded: count))
    guard count > 0, let bytes else { return nil }
    if self.role == .server, !self.hasStatedLimits {
      self.hasStatedLimits = true
      // The frame is in libnghttp2's own buffer for output, and is not looked at again.
      self.stateStreamLimit(
        in: UnsafeMutableRawBufferPointer(
          start: UnsafeMutablePointer(mutating: bytes), count: count)
      )
    }
    return UnsafeRawBufferPointer(start: bytes, count: count)
  }

  /// Puts the limit of streams that the peer has to keep into our first frame, SETTINGS (RFC 9113, 6.5.1).
  private func stateStreamLimit(in frame: UnsafeMutableRawBufferPointer) {
    let (headerBytes, settingBytes) = (9, 6)
    precondition(frame.count > headerBytes && frame[3] == UInt8(NGHTTP2_SETTINGS.rawValue))
    for start in stride(from: headerBytes, to: frame.count, by: settingBytes) {
      let id = Int(frame[start]) << 8 | Int(frame[start + 1])
      guard id == Int(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue) else { continue }
      frame.storeBytes(
        of: self.limits.concurrentStreams.bigEndian, toByteOffset: start + 2, as: UInt32.self)
    }
  }

  /// Whether there is output.
  public var hasOutput: Bool {
    self.session.map { nghttp2_session_want_write($0) != 0 } ?? false
  }

  /// Whether everything has been said and heard, so that the connection can be closed.
  public var isFinished: Bool {
    guard let session = self.session else { return true }
    return nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
  }

  /// What the peer did too often; the session ends because of it, also where `receive` has not thrown it.
  public var offence: HTTP2Error? { self.flood.map(HTTP2Error.flood) }

  /// Ends the session because its connection is gone.
  ///
  /// Every open stream is told.
  public func close() {
    guard let session = self.session else { return }
    self.session = nil
    nghttp2_session_del(session)
    while let stream = self.firstStream {
      self.remove(stream, .cancel)
    }
  }

  // MARK: - Streams

  /// Whether any stream is open.
  public var hasStreams: Bool { self.firstStream != nil }

  /// Shows every open stream; none may be opened or closed meanwhile, and resetting one is neither.
  public func forEachStream(_ body: (HTTP2Stream) -> Void) {
    var next = self.firstStream
    while let stream = next {
      body(stream)
      next = stream.next
    }
  }

  /// How many streams the peer lets us have open at a time.
  public var peerConcurrentStreams: UInt32 {
    guard let session = self.session else { return 0 }
    return nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
  }

  /// The most bytes of one header block that the peer takes, counted as in RFC 9113, 10.5.1; no limit when
  /// the session is closed, which is another failure.
  public var peerHeaderBytes: Int {
    guard let session = self.session else { return .max }
    return Int(
      nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE))
  }

  /// Sends a request on a new stream, which is asked for its body.
  public func submitRequest(_ stream: HTTP2Stream, _ headers: HTTP2Headers) throws(HTTP2Error) {
    guard let session = self.session else {
      throw .library(code: 0, text: "the connection is closed")
    }
    var body = Self.body
    let user = Unmanaged.passUnretained(stream).toOpaque()
    let id = headers.withFields { fields, count in
      nghttp2_submit_request(session, nil, fields, count, &body, user)
    }
    try Self.check(id)
    self.add(stream, id: id)
  }

  /// Sends the head of a response and then asks the stream for its body.
  public func submitResponse(_ stream: HTTP2Stream, _ headers: HTTP2Headers) {
    guard let session = self.session, stream.isOpen else { return }
    var body = Self.body
    headers.withFields { fields, count in
      _ = nghttp2_submit_response(session, stream.id, fields, count, &body)
    }
  }

  /// Sends the head of a response and then asks the stream for its body.
  public func submitResponse(_ stream: HTTP2Stream, _ headers: FixedHTTP2Headers) {
    guard let session = self.session, stream.isOpen else { return }
    var body = Self.body
    nghttp2_submit_response(session, stream.id, headers.fields, headers.count, &body)
  }

  /// Sends a response that consists of its head.
  public func submitWholeResponse(_ stream: HTTP2Stream, _ headers: HTTP2Headers) {
    guard let session = self.session, stream.isOpen else { return }
    headers.withFields { fields, count in
      _ = nghttp2_submit_response(session, stream.id, fields, count, nil)
    }
  }

  /// Sends trailers; the body before them must end with `.trailers`.
  public func submitTrailers(_ stream: HTTP2Stream, _ headers: HTTP2Headers) {
    guard let session = self.session, stream.isOpen else { return }
    headers.withFields { fields, count in
      _ = nghttp2_submit_trailer(session, stream.id, fields, count)
    }
  }

  /// Sends trailers; the body before them must end with `.trailers`.
  public func submitTrailers(_ stream: HTTP2Stream, _ headers: FixedHTTP2Headers) {
    guard let session = self.session, stream.isOpen else { return }
    nghttp2_submit_trailer(session, stream.id, headers.fields, headers.count)
  }

  /// Asks a paused stream for its body again.
  public func resume(_ stream: HTTP2Stream) {
    guard let session = self.session, stream.isOpen else { return }
    nghttp2_session_resume_data(session, stream.id)
  }

  /// Breaks a stream off, whatever is still to be sent.
  public func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    guard let session = self.session, stream.isOpen else { return }
    nghttp2_submit_rst_stream(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
  }

  // MARK: - For the callbacks

  func note(_ kind: FloodGuard.Kind) {
    guard self.flood == nil, self.guardian.note(kind, now: self.now()) else { return }
    self.flood = kind
    self.terminate(.enhanceYourCalm)
  }

  func add(_ stream: HTTP2Stream, id: Int32) {
    stream.id = id
    stream.isOpen = true
    stream.next = self.firstStream
    self.firstStream?.previous = stream
    self.firstStream = stream
    self.streamCount += 1
    _ = Unmanaged.passRetained(stream)
  }

  func remove(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    guard stream.isOpen else { return }
    stream.isOpen = false
    self.returnWindow(of: stream)
    self.streamCount -= 1
    stream.previous?.next = stream.next
    stream.next?.previous = stream.previous
    if self.firstStream === stream { self.firstStream = stream.next }
    if self.headerStream === stream { self.headerStream = nil }
    stream.previous = nil
    stream.next = nil
    stream.closed(code)
    Unmanaged.passUnretained(stream).release()
  }

  /// Finds a stream by number, also one whose request has not been sent.
  func stream(_ id: Int32) -> HTTP2Stream? {
    var stream = self.firstStream
    while let candidate = stream, candidate.id != id { stream = candidate.next }
    return stream
  }

  static func check(_ result: Int32) throws(HTTP2Error) {
    guard result < 0 else { return }
    throw .library(code: Int(result), text: String(cString: nghttp2_strerror(result)))
  }
}
