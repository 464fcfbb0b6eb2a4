public import Protobuf

/// The request of a unary call as it came; who reads it has it checked.
public struct EncodedRequest: Sendable {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  @usableFromInline
  package var serialized: [UInt8] { self.bytes }

  /// The request.
  ///
  /// Not inlined, and neither is its counterpart: what reads and writes would have its place in the memory of the
  /// handler's task, of which one piece is enough for small handlers.
  ///
  /// - Throws: `.invalidArgument` if it breaks a rule of its contract.
  @inlinable @inline(never)
  public func message<Request: Message>() throws -> Request {
    try Request(checking: self.serialized)
  }
}

/// The response of a unary call as it goes out.
public struct EncodedResponse: Sendable {
  package let bytes: [UInt8]

  @usableFromInline
  package init(serialized bytes: [UInt8]) { self.bytes = bytes }

  /// Encodes a response.
  @inlinable @inline(never)
  public init(_ response: some Message) { self.init(serialized: response.serialized()) }
}
