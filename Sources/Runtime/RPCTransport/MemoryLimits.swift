/// How many bytes of messages a server holds for its clients: requests that have not come whole or have yet
/// to be read by their handlers, and responses that the clients have yet to take.
///
/// A call for whose messages there is not enough ends with RESOURCE_EXHAUSTED; its connection goes on.
public struct MemoryLimits: Sendable, Hashable {
  /// The most bytes for one connection, requests and responses each: room for as many large calls at a
  /// time as it may have, a few hundred KiB each.
  public var connectionBytes = 128 * 1024 * 1024
  /// The most bytes for all connections together, beside the first 64 KiB of each.
  public var serverBytes = 512 * 1024 * 1024
  /// How many bytes of responses may wait for a client until its next handlers do, too; beside the 64 KiB
  /// (`CallLimits.bufferedBytes`) that each stream may hold unread.
  ///
  /// A client that does not read has no more done for it; one that reads notices nothing, for this is more
  /// than is on its way to it.
  public var unsentBytes = 4 * 1024 * 1024

  /// The limits for the servers of a mesh.
  public init() {}
}
