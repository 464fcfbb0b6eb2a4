package import Observability
import Synchronization

/// One call on its way through a server: what the client said at its start, and the metadata to
/// answer with.
///
/// Transports make it; handlers see it as a `ServerContext`.
package final class ServerCall: Sendable {
  package let registered: RegisteredMethod
  package let metadata: Metadata
  package let peer: PeerIdentity?
  package let deadline: ContinuousClock.Instant?
  package let previousAttempts: Int
  /// The span of the call; nil unless it is recorded.
  package let recordedSpan: Span?
  /// When it began, for the metrics; 0 without.
  private let start: UInt64
  private let hasEnded = Atomic(false)
  private let wasRefused = Atomic(false)
  /// The bytes of all requests, and of all responses, so far.
  private let receivedBytes = Atomic(0)
  private let sentBytes = Atomic(0)
  private let state: Mutex<State>

  private struct State {
    var grant: AccessGrant?
    var initialMetadata = Metadata()
    var trailingMetadata = Metadata()
    var responseCompression: Compression?
    var hasSentHead = false
    var lastRequestWasCompressed = false
    var auditedUserID: String?
    /// The ids that stand for the span of a call that is not recorded, if it has any; found out when they are
    /// asked for.
    var span: SpanContext??
  }

  package init(
    _ registered: RegisteredMethod, metadata: Metadata, peer: PeerIdentity?,
    deadline: ContinuousClock.Instant?, previousAttempts: Int = 0, grant: AccessGrant? = nil
  ) {
    self.registered = registered
    self.metadata = metadata
    self.peer = peer
    self.deadline = deadline
    self.previousAttempts = previousAttempts
    let span = registered.tracer.map { tracer in
      tracer.begin(
        RPCSpan.answer(registered.descriptor), .server, parent: SpanContext(metadata),
        RPCSpan.attributes(registered.descriptor) + Self.attributes(of: peer))
    }
    self.recordedSpan = span?.recording
    self.state = Mutex(State(grant: grant, span: span.map(\.context)))
    self.start = registered.metrics == nil ? 0 : MonotonicTime.nanoseconds
    registered.metrics?.started.add()
  }

  deinit {
    // No handler has seen it: the client went away, or said what it may not.
    self.ended(RPCError(.cancelled, "the call ended before its handler began"))
  }

  /// Whether the caller, or the user, may not make this call.
  var isRefused: Bool { self.wasRefused.load(ordering: .relaxed) }

  /// The access check did not let the call through; a check that could not be made refuses nobody.
  func noteRefusal(_ error: RPCError) {
    guard error.code == .unauthenticated || error.code == .permissionDenied else { return }
    self.wasRefused.store(true, ordering: .relaxed)
  }

  /// Drops a call that nobody waits for any more, before anything is done for it.
  func checkDeadline() throws(RPCError) {
    if let deadline = self.deadline, deadline <= .now { throw self.expired() }
  }

  /// The failure of a call whose deadline passed before its handler began; it is counted.
  func expired() -> RPCError {
    self.registered.metrics?.expired.add()
    return Deadline.exceeded
  }

  private static func attributes(of peer: PeerIdentity?) -> [SpanAttribute] {
    guard let peer else { return [] }
    return [SpanAttribute("peer.service", .text(peer.service ?? peer.spiffeID))]
  }

  /// The span of the call; where it is not recorded, the ids that it came with, or nil.
  package var span: ActiveSpan? {
    if let recordedSpan { return ActiveSpan(recordedSpan) }
    let context = self.state.withLock { state in
      let context = state.span ?? SpanContext(self.metadata)
      state.span = .some(context)
      return context
    }
    return context.map(ActiveSpan.init)
  }

  /// What the call came with, where that names its span, so that nested calls can have it as it is.
  var receivedTraceparent: String? {
    guard let text = self.metadata[SpanContext.HeaderName.traceparent],
      self.span?.context.isWritten(text) == true
    else { return nil }
    return text
  }

  /// Counts the bytes of a request.
  func received(_ bytes: Int) { self.receivedBytes.add(bytes, ordering: .relaxed) }

  /// Counts the bytes of a response.
  func sent(_ bytes: Int) { self.sentBytes.add(bytes, ordering: .relaxed) }

  /// Counts the call's end; the first one counts.
  func ended(_ failure: RPCError?) {
    let (metrics, span) = (self.registered.metrics, self.recordedSpan)
    guard metrics != nil || span != nil,
      !self.hasEnded.exchange(true, ordering: .relaxed)
    else { return }
    var code = failure?.code ?? .ok
    // To a handler that is cut off both look the same.
    if code == .cancelled, let deadline = self.deadline, deadline <= .now {
      code = .deadlineExceeded
    }
    if let span { RPCSpan.end(span, server: failure, code) }
    metrics?.ended(
      code, peer: self.peer, isDrained: failure?.cause is ServerStops,
      nanoseconds: MonotonicTime.nanoseconds &- self.start,
      received: self.receivedBytes.load(ordering: .relaxed),
      sent: self.sentBytes.load(ordering: .relaxed))
  }

  /// The result of the access check; nil while it is still to be made.
  package var grant: AccessGrant? {
    get { self.state.withLock(\.grant) }
    set { self.state.withLock { $0.grant = newValue } }
  }

  /// The user that the handler found the call to be about; nil while it has not said.
  package var auditedUserID: String? {
    get { self.state.withLock(\.auditedUserID) }
    set { self.state.withLock { $0.auditedUserID = newValue } }
  }

  /// What the handler said about the responses before the first of them.
  package struct ResponseHead: Sendable {
    package var metadata = Metadata()
    /// How they are to be compressed; nil leaves it to the transport.
    package var compression: Compression?
  }

  /// The head, taken once by the transport when it sends it.
  ///
  /// - Throws: The failure of the call if the metadata is over the limit; it is dropped then.
  package func takeHead(within limits: CallLimits) throws(RPCError) -> ResponseHead {
    let head = self.state.withLock { state in
      state.hasSentHead = true
      defer { state.initialMetadata = Metadata() }
      return ResponseHead(
        metadata: state.initialMetadata, compression: state.responseCompression)
    }
    guard limits.allows(head.metadata) else {
      throw limits.metadataTooLarge(head.metadata, "the response's initial metadata")
    }
    return head
  }

  package var trailingMetadata: Metadata { self.state.withLock(\.trailingMetadata) }

  package func setInitialMetadata(_ metadata: Metadata) -> Bool {
    self.state.withLock {
      guard !$0.hasSentHead else { return false }
      $0.initialMetadata = metadata
      return true
    }
  }

  package func setResponseCompression(_ compression: Compression) -> Bool {
    self.state.withLock {
      guard !$0.hasSentHead else { return false }
      $0.responseCompression = compression
      return true
    }
  }

  /// Whether the request that the handler took last came compressed.
  package var lastRequestWasCompressed: Bool {
    get { self.state.withLock(\.lastRequestWasCompressed) }
    set { self.state.withLock { $0.lastRequestWasCompressed = newValue } }
  }

  package func setTrailingMetadata(_ metadata: Metadata) {
    self.state.withLock { $0.trailingMetadata = metadata }
  }
}
