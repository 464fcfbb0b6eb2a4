/// The most that one call may take of a process.
public struct CallLimits: Sendable, Hashable {
  /// The most bytes of a message that is received; a larger one ends its call with RESOURCE_EXHAUSTED.
  public var messageBytes: Int
  /// The most metadata that is received or sent with a call, in either direction.
  public var metadata: MetadataLimits
  /// How many bytes of messages wait in one direction before the writer is held back.
  ///
  /// A message is never split over this, so the most that waits is this much and one message.
  public var bufferedBytes: Int
  /// How large a message may become that is received compressed; never larger than `messageBytes`.
  public var inflation: InflationLimits

  /// 4 MiB messages, 16 KiB of metadata, and 64 KiB of waiting messages unless told otherwise.
  public init(
    messageBytes: Int = 4 * 1024 * 1024, metadata: MetadataLimits = MetadataLimits(),
    bufferedBytes: Int = 64 * 1024, inflation: InflationLimits = InflationLimits()
  ) {
    self.messageBytes = messageBytes
    self.metadata = metadata
    self.bufferedBytes = bufferedBytes
    self.inflation = inflation
  }

  /// The failure of a call that carries too large a message.
  package func messageTooLarge(_ bytes: Int) -> RPCError {
    RPCError(
      .resourceExhausted, "a message of \(bytes) bytes is over the limit of \(self.messageBytes)")
  }

  /// The failure of a call that carries too much metadata.
  package var metadataTooLarge: RPCError {
    RPCError(
      .resourceExhausted,
      "the metadata is over the limit of \(self.metadata.bytes) bytes in \(self.metadata.count) values"
    )
  }

  /// The failure of a call that was to carry too much metadata.
  package func metadataTooLarge(_ metadata: Metadata, _ what: String) -> RPCError {
    RPCError(
      .resourceExhausted,
      "\(what) of \(metadata.encodedSize) bytes in \(metadata.count) values is over the limit of \(self.metadata.bytes) bytes in \(self.metadata.count) values"
    )
  }

  /// Whether metadata is within the limits.
  package func allows(_ metadata: Metadata) -> Bool {
    metadata.isEmpty
      || metadata.count <= self.metadata.count && metadata.encodedSize <= self.metadata.bytes
  }
}
