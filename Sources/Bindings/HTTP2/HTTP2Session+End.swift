internal import CNGHTTP2

/// Whether the peer is there, and how a session ends.
extension HTTP2Session {
  /// The most bytes of the reason that a GOAWAY carries.
  static let reasonBytes = 256

  /// Asks the peer for a sign of life; the delegate is told when it comes.
  ///
  /// - Parameter mark: comes back with the answer, and tells one question from another.
  public func ping(_ mark: UInt64) {
    guard let session = self.session else { return }
    withUnsafeBytes(of: mark.bigEndian) { bytes in
      _ = nghttp2_submit_ping(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue),
        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// Says that new streams will be refused soon, the first of the two steps of a graceful end.
  public func announceShutdown() {
    guard let session = self.session else { return }
    nghttp2_submit_shutdown_notice(session)
  }

  /// Refuses streams from now on; those that are open go on.
  ///
  /// - Parameters:
  ///   - code: why.
  ///   - reason: the same in words, cut at 256 bytes; the peer may log it, or know it.
  public func refuseStreams(_ code: HTTP2ErrorCode = .noError, reason: String = "") {
    guard let session = self.session else { return }
    let bytes = Array(reason.utf8.prefix(Self.reasonBytes))
    nghttp2_submit_goaway(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue),
      nghttp2_session_get_last_proc_stream_id(session), code.rawValue, bytes, bytes.count)
  }

  /// Ends the connection with a reason; it is finished once that has been sent.
  public func terminate(_ code: HTTP2ErrorCode) {
    guard let session = self.session else { return }
    nghttp2_session_terminate_session(session, code.rawValue)
  }
}
