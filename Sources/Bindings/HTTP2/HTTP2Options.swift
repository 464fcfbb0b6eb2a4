internal import CNGHTTP2

/// Owns an `nghttp2_option` while a session is made.
struct HTTP2Options: ~Copyable {
  let pointer: OpaquePointer

  init(_ limits: HTTP2Limits) throws(HTTP2Error) {
    var pointer: OpaquePointer?
    try HTTP2Session.check(nghttp2_option_new(&pointer))
    guard let pointer else { throw .library(code: 0, text: "no options") }
    self.pointer = pointer
    // Windows open as messages are read, not as bytes come.
    nghttp2_option_set_no_auto_window_update(pointer, 1)
    // Closed streams are kept for priorities only, which we do not use.
    nghttp2_option_set_no_closed_streams(pointer, 1)
    nghttp2_option_set_max_continuations(pointer, limits.continuations)
  }

  deinit {
    nghttp2_option_del(self.pointer)
  }
}
