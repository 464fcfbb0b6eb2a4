/// What one HTTP/2 connection may take of us.
public struct HTTP2Limits: Sendable, Hashable {
  /// The most streams that the peer may have open; one more is refused, and the connection goes on.
  public var concurrentStreams: UInt32 = 256
  /// How many times `concurrentStreams` may be open or waiting for their refusal to be sent; one more ends
  /// the connection.
  public var refusalHeadroom: UInt32 = 4
  /// The bytes that the peer may send on a stream before it must wait for us, to begin with.
  public var streamWindowBytes: Int32 = 64 * 1024
  /// What that may grow to on a stream that is read as fast as it comes, on a long and fast way (gRPC's limit).
  public var maximumStreamWindowBytes: Int32 = 16 * 1024 * 1024
  /// How much the windows of all streams may have grown together.
  ///
  /// This and `concurrentStreams` windows of `streamWindowBytes` are what the streams of a connection can hold
  /// unread.
  public var windowPoolBytes: Int32 = 16 * 1024 * 1024
  /// The bytes that the peer may send on the connection before it must wait for us; it opens as they come,
  /// so this bounds the speed on a long way and not the memory.
  public var connectionWindowBytes: Int32 = 16 * 1024 * 1024
  /// The most bytes of one header block that is received, counted as in RFC 9113, 10.5.1: 16 KiB of metadata,
  /// and 1 KiB of the protocol's own.
  public var headerBytes = 17 * 1024
  /// The most CONTINUATION frames of one header block.
  public var continuations = 8
  /// The most frames of each kind that does no work.
  public var floods = FloodGuard.Limits()

  /// The limits for the connections of a mesh.
  public init() {}
}
