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
    var hasSentInitialMetadata = false
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

  /// The initial metadata, taken once by the transport when it sends the response's head.
  ///
  /// - Throws: The failure of the call if it is over the limit; it is dropped then.
  package func takeInitialMetadata(within limits: CallLimits) throws(RPCError) -> Metadata {
    let metadata = self.state.withLock { state in
      state.hasSentInitialMetadata = true
      defer { state.initialMetadata = Metadata() }
      return state.initialMetadata
    }
    guard limits.allows(metadata) else {
      throw limits.metadataTooLarge(metadata, "the response's initial metadata")
    }
    return metadata
  }

  package var trailingMetadata: Metadata { self.state.withLock(\.trailingMetadata) }

  package func setInitialMetadata(_ metadata: Metadata) -> Bool {
    self.state.withLock {
      guard !$0.hasSentInitialMetadata else { return false }
      $0.initialMetadata = metadata
      return true
    }
  }

  package func setTrailingMetadata(_ metadata: Metadata) {
    self.state.withLock { $0.trailingMetadata = metadata }
  }
}
