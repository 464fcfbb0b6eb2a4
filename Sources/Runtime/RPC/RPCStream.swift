public import Protobuf
import Synchronization

/// The messages of one direction of a call, as they come.
///
/// It can be read once, by one task.
///
/// Reading is what lets the sender go on: an unread stream holds the sender back and no more than a
/// bounded part of it is in memory.
public struct RPCStream<Element: Message>: AsyncSequence, Sendable {
  /// The status of the call, if it is not OK.
  public typealias Failure = RPCError

  @usableFromInline let source: any MessageSource
  /// Whether each message is checked by the rules of the contract: those of a request are.
  @usableFromInline let isChecked: Bool

  /// Creates a stream on top of a source of encoded messages.
  @inlinable
  public init(_ source: any MessageSource) {
    self.source = source
    self.isChecked = false
  }

  /// Creates a stream of requests, of which each is checked by the rules of the contract.
  @inlinable
  init(checking source: any MessageSource) {
    self.source = source
    self.isChecked = true
  }

  /// Creates a stream of given messages, to call a handler directly in its unit test.
  public init(_ messages: [Element]) {
    self.source = GivenMessages(messages.map { $0.serialized() })
    self.isChecked = false
  }

  /// Creates the iterator; a second one takes over where the first stands.
  @inlinable
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(source: self.source, isChecked: self.isChecked)
  }

  /// Reads a stream message by message.
  public struct AsyncIterator: AsyncIteratorProtocol {
    @usableFromInline let source: any MessageSource
    @usableFromInline let isChecked: Bool

    @inlinable
    init(source: any MessageSource, isChecked: Bool) {
      self.source = source
      self.isChecked = isChecked
    }

    /// The next message; nil after the last one.
    ///
    /// - Throws: The status of the call if it failed, `.cancelled` if this task is cancelled,
    ///   `.internal` if a message is not of the expected type, `.invalidArgument` if a request breaks a
    ///   rule of the contract.
    @inlinable
    public mutating func next() async throws(RPCError) -> Element? {
      guard let bytes = try await self.source.next() else { return nil }
      return self.isChecked ? try Element(checking: bytes) : try Element(received: bytes)
    }

    /// The next message; nil after the last one.
    @inlinable
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(RPCError) -> Element? {
      guard let bytes = try await self.source.next() else { return nil }
      return self.isChecked ? try Element(checking: bytes) : try Element(received: bytes)
    }
  }
}

extension Message {
  /// Decodes a message that came over a call.
  ///
  /// - Throws: `.internal`, the code that gRPC gives to a message that does not parse.
  @usableFromInline
  init(received bytes: [UInt8]) throws(RPCError) {
    do {
      try self.init(serialized: bytes)
    } catch {
      throw RPCError(.internal, "a message is not a valid \(Self.messageName)", cause: error)
    }
  }
}

extension Message {
  /// Decodes a request and checks it by the rules of the contract.
  ///
  /// - Throws: `.internal` for a message that does not parse, `.invalidArgument` for one that breaks rules.
  @inlinable
  init(checking bytes: [UInt8]) throws(RPCError) {
    try self.init(received: bytes)
    try RequestCheck.check(self)
  }
}

/// A source whose messages are all there.
private final class GivenMessages: MessageSource {
  private let messages: Mutex<ArraySlice<[UInt8]>>

  init(_ messages: [[UInt8]]) {
    self.messages = Mutex(messages[...])
  }

  func next() async throws(RPCError) -> [UInt8]? {
    self.messages.withLock { $0.popFirst() }
  }
}
