import Synchronization

/// Keeps the metadata of a response for the caller who asked for it in `CallOptions`.
public final class ResponseMetadata: Sendable {
  private let state = Mutex(State())

  private struct State {
    var initial = Metadata()
    var trailing = Metadata()
    var lastResponseWasCompressed = false
  }

  /// Creates a place without metadata.
  public init() {}

  /// The metadata that came before the first message; empty until then.
  public var initial: Metadata { self.state.withLock { $0.initial } }

  /// The metadata that came with the status; empty until then.
  public var trailing: Metadata { self.state.withLock { $0.trailing } }

  /// Whether the response that was read last came compressed.
  ///
  /// Inside a process nothing is compressed; there it is whether the server asked for it.
  public var lastResponseWasCompressed: Bool {
    self.state.withLock { $0.lastResponseWasCompressed }
  }

  /// Keeps the metadata that came before the first message.
  ///
  /// Called by transports.
  public func received(initial: Metadata) {
    self.state.withLock { $0.initial = initial }
  }

  /// Keeps the metadata that came with the status.
  ///
  /// Called by transports.
  public func received(trailing: Metadata) {
    self.state.withLock { $0.trailing = trailing }
  }

  /// Keeps whether the response that is about to be read came compressed.
  package func received(compressed: Bool) {
    self.state.withLock { $0.lastResponseWasCompressed = compressed }
  }
}
