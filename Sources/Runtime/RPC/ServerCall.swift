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
  private let state: Mutex<State>

  private struct State {
    var grant: AccessGrant?
    var initialMetadata = Metadata()
    var trailingMetadata = Metadata()
    var responseCompression: Compression?
    var hasSentHead = false
    var lastRequestWasCompressed = false
    var auditedUserID: String?
  }

  package init(
    _ registered: RegisteredMethod, metadata: Metadata, peer: PeerIdentity?,
    deadline: ContinuousClock.Instant?, grant: AccessGrant? = nil
  ) {
    self.registered = registered
    self.metadata = metadata
    self.peer = peer
    self.deadline = deadline
    self.state = Mutex(State(grant: grant))
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
