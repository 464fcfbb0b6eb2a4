/// One stream of an HTTP/2 connection; subclasses say what to do with what comes.
///
/// It belongs to its session's thread. The events are called while the session reads or writes: they
/// may submit to the session, but must not feed, drain or close it, nor run code that might.
open class HTTP2Stream {
  /// The number of the stream; zero until a client's request has been submitted.
  public internal(set) final var id: Int32 = 0

  /// Whether the stream can still be written to or read from.
  public internal(set) final var isOpen = false

  /// Whether a client's request has gone out, or at least begun to.
  public internal(set) final var isSent = false

  /// Whether the header block now coming in is over the limit; the rest of it is dropped.
  public internal(set) final var headersAreTooLarge = false

  final var headerBytes = 0
  /// How much of the streams' shared pool is in its window.
  final var pooledBytes = 0
  /// Whether the window may grow when it is next opened.
  final var growsAgain = true
  // The session's table of streams is a list through the streams themselves.
  final unowned(unsafe) var previous: HTTP2Stream?
  final unowned(unsafe) var next: HTTP2Stream?

  /// What a stream has to send next.
  public struct Production {
    /// What follows the bytes.
    public enum Continuation {
      /// More bytes are ready.
      case more
      /// Nothing for now: the stream calls `resume` when there is.
      case pause
      /// Nothing more: the stream is ended.
      case end
      /// Nothing more but trailers, which the stream has submitted.
      case trailers
    }

    /// How many bytes were put into the buffer.
    public var count: Int
    /// What follows.
    public var continuation: Continuation

    /// Creates a description of what was produced.
    public init(count: Int, then continuation: Continuation) {
      self.count = count
      self.continuation = continuation
    }
  }

  /// Creates a stream that is not open yet.
  public init() {}

  /// A header field came; the bytes are valid during the call only.
  open func receivedHeader(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {}

  /// A header block is complete: the request's or the response's head, or trailers.
  open func receivedHeaders() {}

  /// Data came; the bytes are valid during the call only.
  ///
  /// The session has to be told when they have been consumed, else the peer stops sending.
  open func receivedData(_ data: UnsafeRawBufferPointer) {}

  /// The peer will send no more on this stream.
  open func receivedEnd() {}

  /// Asks for the next bytes to send.
  open func produce(into buffer: UnsafeMutableRawBufferPointer) -> Production {
    Production(count: 0, then: .end)
  }

  /// The stream is gone; it was held by its session until now.
  open func closed(_ code: HTTP2ErrorCode) {}
}
