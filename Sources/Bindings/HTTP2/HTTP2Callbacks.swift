internal import CNGHTTP2

/// What libnghttp2 calls, the same for every session.
///
/// The pointer given to each is the session, and the pointer kept with each stream is the stream; both
/// outlive the call, for the session holds its streams and nothing closes it from within.
final class HTTP2Callbacks: @unchecked Sendable {
  // Unchecked: written here only, and never freed.
  static let shared = HTTP2Callbacks()

  let pointer: OpaquePointer?

  private init() {
    var callbacks: OpaquePointer?
    nghttp2_session_callbacks_new(&callbacks)
    self.pointer = callbacks
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, header, user in
      HTTP2Session.with(user) { $0.began(header) }
    }
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { library, frame, user in
      HTTP2Session.with(user) { $0.beganHeaders(library, frame) }
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks) {
      _, _, name, nameLength, value, valueLength, _, user in
      HTTP2Session.with(user) {
        $0.received(
          name: UnsafeRawBufferPointer(start: name, count: nameLength),
          value: UnsafeRawBufferPointer(start: value, count: valueLength))
      }
      return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
      library, _, id, data, count, user in
      HTTP2Session.with(user) { $0.receivedData(count) }
      HTTP2Stream.of(library, id)?.receivedData(UnsafeRawBufferPointer(start: data, count: count))
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { library, frame, user in
      HTTP2Session.with(user) { $0.received(library, frame) }
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { library, frame, user in
      HTTP2Session.with(user) { $0.sent(library, frame) }
    }
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) {
      library, frame, _, user in
      HTTP2Session.with(user) { $0.couldNotSend(library, frame) }
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { library, id, code, user in
      if let stream = HTTP2Stream.of(library, id) {
        HTTP2Session.with(user) { $0.remove(stream, HTTP2ErrorCode(rawValue: code)) }
      }
      return 0
    }
  }
}

extension HTTP2Session {
  /// Calls a function with the session, which whoever called libnghttp2 holds.
  fileprivate static func with<Result>(
    _ user: UnsafeMutableRawPointer?, _ body: (HTTP2Session) -> Result
  ) -> Result {
    guard let user else { preconditionFailure("nghttp2 lost its session") }
    return Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef(body)
  }

  /// Where libnghttp2 gets the body of each message.
  static var body: nghttp2_data_provider {
    nghttp2_data_provider(source: nghttp2_data_source()) {
      library, id, buffer, capacity, flags, _, _ in
      guard let stream = HTTP2Stream.of(library, id), let buffer, let flags else {
        return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
      }
      let production = stream.produce(
        into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
      switch production.continuation {
      case .more: break
      case .pause where production.count == 0: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
      case .pause: break
      case .end: flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
      case .trailers:
        flags.pointee |=
          NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
      }
      return production.count
    }
  }

  /// A frame begins: counts the kinds that do no work.
  fileprivate func began(_ header: UnsafePointer<nghttp2_frame_hd>?) -> Int32 {
    guard let header = header?.pointee else { return 0 }
    switch UInt32(header.type) {
    case NGHTTP2_DATA.rawValue:
      if header.length > 0 {
        self.noteWork()
      } else if header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) == 0 {
        self.note(.emptyData)
      }
    case NGHTTP2_HEADERS.rawValue: self.noteWork()
    case NGHTTP2_WINDOW_UPDATE.rawValue: self.note(.windowUpdate)
    case NGHTTP2_PING.rawValue: self.note(.ping)
    case NGHTTP2_SETTINGS.rawValue: self.note(.settings)
    case NGHTTP2_PRIORITY.rawValue: self.note(.priority)
    case NGHTTP2_RST_STREAM.rawValue: self.note(.reset)
    default: break
    }
    return 0
  }

  private func noteWork() {
    self.guardian.noteProgress()
    self.receivedWork &+= 1
  }

  /// A header block begins: a new stream, or more about one that is open.
  fileprivate func beganHeaders(
    _ library: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?
  ) -> Int32 {
    self.headerStream = nil
    guard let frame = frame?.pointee, frame.hd.type == NGHTTP2_HEADERS.rawValue else { return 0 }
    if frame.headers.cat == NGHTTP2_HCAT_REQUEST {
      guard self.streamCount < Int(self.limits.concurrentStreams) else {
        return self.refuse(library, frame.hd.stream_id)
      }
      guard let stream = self.delegate?.makeStream() else {
        return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
      }
      self.add(stream, id: frame.hd.stream_id)
      nghttp2_session_set_stream_user_data(
        library, frame.hd.stream_id, Unmanaged.passUnretained(stream).toOpaque())
      self.headerStream = stream
    } else if let stream = HTTP2Stream.of(library, frame.hd.stream_id) {
      stream.headerBytes = 0
      stream.headersAreTooLarge = false
      self.headerStream = stream
    }
    return 0
  }

  /// Refuses a stream over the limit (RFC 9113, 5.1.2); its client may try again.
  private func refuse(_ library: OpaquePointer?, _ id: Int32) -> Int32 {
    self.note(.refusedStream)
    nghttp2_submit_rst_stream(
      library, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, HTTP2ErrorCode.refusedStream.rawValue)
    // Drops the rest of the header block; libnghttp2 keeps the first reset of a stream.
    return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
  }

  fileprivate func received(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    guard let stream = self.headerStream, !stream.headersAreTooLarge else { return }
    stream.headerBytes += name.count + value.count + 32
    if stream.headerBytes > self.limits.headerBytes {
      stream.headersAreTooLarge = true
      self.note(.largeHeaders)
    } else {
      stream.receivedHeader(name: name, value: value)
    }
  }

  /// A frame is complete.
  fileprivate func received(
    _ library: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?
  ) -> Int32 {
    guard let frame = frame?.pointee else { return 0 }
    switch UInt32(frame.hd.type) {
    case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue:
      guard let stream = HTTP2Stream.of(library, frame.hd.stream_id) else { break }
      if frame.hd.type == NGHTTP2_HEADERS.rawValue { stream.receivedHeaders() }
      if frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 { stream.receivedEnd() }
    case NGHTTP2_SETTINGS.rawValue
    where !self.hasReceivedSettings && frame.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0:
      self.hasReceivedSettings = true
      self.delegate?.receivedSettings()
    case NGHTTP2_PING.rawValue:
      if frame.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 {
        self.delegate?.receivedPing()
      } else {
        self.receivedPingAnswer(Self.mark(of: frame))
      }
    case NGHTTP2_GOAWAY.rawValue:
      self.delegate?.receivedGoAway(
        lastStreamID: frame.goaway.last_stream_id,
        code: HTTP2ErrorCode(rawValue: frame.goaway.error_code),
        reason: String(
          decoding: UnsafeBufferPointer(
            start: frame.goaway.opaque_data,
            count: min(frame.goaway.opaque_data_len, Self.reasonBytes)), as: UTF8.self))
    default: break
    }
    return 0
  }

  private func receivedPingAnswer(_ mark: UInt64) {
    if mark == Self.measurementMark {
      self.estimate.answered(at: self.now())
    } else {
      self.delegate?.receivedPingAnswer(mark)
    }
  }

  /// What a PING carries.
  private static func mark(of frame: nghttp2_frame) -> UInt64 {
    withUnsafeBytes(of: frame.ping.opaque_data) {
      UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self))
    }
  }

  fileprivate func sent(
    _ library: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?
  ) -> Int32 {
    guard let frame = frame?.pointee else { return 0 }
    switch UInt32(frame.hd.type) {
    case NGHTTP2_DATA.rawValue, NGHTTP2_HEADERS.rawValue:
      self.guardian.noteProgress()
      self.sentWork &+= 1
      if frame.hd.type == NGHTTP2_DATA.rawValue
        || frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
      {
        self.deliveries &+= 1
      }
      if self.role == .server {
        self.stopRequest(library, frame.hd)
      } else if frame.hd.type == NGHTTP2_HEADERS.rawValue {
        HTTP2Stream.of(library, frame.hd.stream_id)?.isSent = true
      }
    case NGHTTP2_WINDOW_UPDATE.rawValue: self.openedWindow(of: frame.hd.stream_id)
    case NGHTTP2_PING.rawValue where Self.mark(of: frame) == Self.measurementMark:
      if frame.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 {
        self.estimate.sent(at: self.now())
      }
    case NGHTTP2_RST_STREAM.rawValue:
      // Our own decisions are no offence of the peer's.
      let code = HTTP2ErrorCode(rawValue: frame.rst_stream.error_code)
      if code != .noError, code != .cancel, code != .refusedStream { self.note(.reset) }
    default: break
    }
    return 0
  }

  /// A response is complete before its request: the client need not send the rest (RFC 9113, 8.1).
  private func stopRequest(_ library: OpaquePointer?, _ header: nghttp2_frame_hd) {
    guard header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
      nghttp2_session_get_stream_remote_close(library, header.stream_id) == 0
    else { return }
    nghttp2_submit_rst_stream(
      library, UInt8(NGHTTP2_FLAG_NONE.rawValue), header.stream_id,
      HTTP2ErrorCode.noError.rawValue)
  }

  /// A request could not be sent: libnghttp2 may never have opened its stream, so nothing else closes it.
  ///
  /// One that was cancelled while it waited for its turn is opened for a moment, and closed after this: it must
  /// not lead to our stream then, which is released here.
  fileprivate func couldNotSend(
    _ library: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?
  ) -> Int32 {
    guard let frame = frame?.pointee, frame.hd.type == NGHTTP2_HEADERS.rawValue,
      frame.headers.cat == NGHTTP2_HCAT_REQUEST, let stream = self.stream(frame.hd.stream_id)
    else { return 0 }
    nghttp2_session_set_stream_user_data(library, stream.id, nil)
    self.remove(stream, .refusedStream)
    return 0
  }
}

extension HTTP2Stream {
  static func of(_ library: OpaquePointer?, _ id: Int32) -> HTTP2Stream? {
    nghttp2_session_get_stream_user_data(library, id).map {
      Unmanaged<HTTP2Stream>.fromOpaque($0).takeUnretainedValue()
    }
  }
}
