public import RPC

/// A call that is carried out, and whose answer is lost on the way.
public final class DeafCall: ClientCall {
  private let base: any ClientCall

  /// Carries out a call and loses its answer.
  public init(_ base: any ClientCall) { self.base = base }

  /// Nothing has come back.
  public var isAnswered: Bool { false }
  /// Carried out.
  public func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    try await base.write(message, compressed: compressed)
  }
  /// Carried out.
  public func writeLast(_ message: [UInt8]) async throws(RPCError) {
    try await base.writeLast(message)
  }
  /// Carried out.
  public func finishRequests() { base.finishRequests() }
  /// Carried out.
  public func cancel() { base.cancel() }
  /// Waits for the answer and its end, and fails.
  public func next() async throws(RPCError) -> [UInt8]? {
    _ = try await base.next()
    _ = try await base.next()
    throw RPCError(.unavailable, "the answer is lost")
  }
}
