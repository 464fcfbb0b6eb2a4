internal import CNGHTTP2

/// How much the peer may send.
///
/// The window of the connection is for all streams: it opens as bytes come, so that one stream which is not
/// read does not hold up the others. What bounds the memory are the streams' own windows, which open as
/// bytes are consumed: each has `streamWindowBytes`, and one that is read as fast as it comes grows to the
/// estimate, out of `windowPoolBytes` that all of them share.
extension HTTP2Session {
  /// The PING of a measurement.
  static let measurementMark = UInt64.max
  /// The least that is worth a WINDOW_UPDATE of its own: a frame.
  static let leastGrowth = 16 * 1024

  /// How many bytes the peer should be allowed at a time, as far as that has been measured.
  public var bandwidthDelayProduct: Int { self.estimate.bytes }

  /// How often it has been measured.
  public var measuredRoundTrips: Int { self.estimate.roundTrips }

  /// The windows of all open streams together: the most that the peer may have sent on them unread.
  public var streamWindowBytes: Int {
    self.streamCount * Int(self.limits.streamWindowBytes) + Int(self.limits.windowPoolBytes)
      - self.windowPool
  }

  /// Lets the peer send as many more bytes on a stream as have been consumed.
  public func consumed(_ count: Int, of stream: HTTP2Stream) {
    guard let session = self.session, stream.isOpen else { return }
    nghttp2_session_consume_stream(session, stream.id, count)
  }

  /// Data came on the connection.
  func receivedData(_ count: Int) {
    nghttp2_session_consume_connection(self.session, count)
    self.estimate.received(count)
  }

  /// A stream has been read so far that its window opens again: the window may be what holds it up.
  ///
  /// Only here is anything measured, so a connection that is idle, or carries small messages, has no PINGs
  /// of ours.
  func openedWindow(of id: Int32) {
    guard let session = self.session, id != 0 else { return }
    if self.estimate.begin() { self.ping(Self.measurementMark) }
    guard let stream = HTTP2Stream.of(session, id) else { return }
    // What was sent now may be the growth itself.
    guard stream.growsAgain else { return stream.growsAgain = true }
    let window = Int(nghttp2_session_get_stream_effective_local_window_size(session, id))
    // Half of what is left leaves some for others.
    let growth = min(self.estimate.bytes - window, self.windowPool / 2)
    guard growth >= Self.leastGrowth else { return }
    self.windowPool -= growth
    stream.pooledBytes += growth
    stream.growsAgain = false
    nghttp2_session_set_local_window_size(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, Int32(window + growth))
  }

  /// A stream is gone, and what it had of the pool is free.
  func returnWindow(of stream: HTTP2Stream) {
    self.windowPool += stream.pooledBytes
    stream.pooledBytes = 0
  }
}
