internal import COpenSSL

/// OpenSSL's error queue of the current thread.
///
/// `SSL_get_error` consults the queue, so a leftover of one session would be blamed on the next one
/// of the same thread: every failing path of this module drains it.
enum ErrorQueue {
  /// The numeric code and text of one entry.
  struct Entry {
    var code: UInt
    var text: String

    /// The `SSL_R_…` reason, if the entry came from the TLS layer.
    var sslReason: Int32? {
      alphintra_error_is_from_ssl(code) == 1 ? alphintra_error_reason(code) : nil
    }
  }

  /// Takes all entries, oldest first, and leaves the queue empty.
  static func drain() -> [Entry] {
    var entries: [Entry] = []
    while true {
      let code = ERR_get_error()
      guard code != 0 else { return entries }
      entries.append(Entry(code: code, text: text(of: code)))
    }
  }

  /// Empties the queue and returns the texts on one line.
  static func drainedText() -> String {
    // "system lib" only says that the entry before it came from the system.
    let texts = drain().map(\.text).filter { $0 != "system lib" }
    return texts.isEmpty ? "no reason given" : texts.joined(separator: "; ")
  }

  private static func text(of code: UInt) -> String {
    let systemError = alphintra_error_number_of_system(code)
    if systemError != 0 {
      return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let start = buffer.baseAddress, strerror_r(systemError, start, buffer.count) == 0
        else { return "system error \(systemError)" }
        return String(cString: start)
      }
    }
    if let reason = ERR_reason_error_string(code) { return String(cString: reason) }
    return "OpenSSL error \(code)"
  }
}
