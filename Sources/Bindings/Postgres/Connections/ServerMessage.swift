internal import CPQ
import Logging

extension PostgresError {
  /// Takes what a failed result says; the result stays the caller's.
  init(result: OpaquePointer, queryName: String?) {
    func field(_ code: Character) -> String? {
      PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
    }
    // The letters of the protocol's "Error and Notice Message Fields", section 55.8.
    if let state = field("C") {
      self.init(Code(sqlState: state), field("M") ?? "", queryName: queryName)
    } else {
      let text = PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
      self.init(
        .connectionLost, text.split(separator: "\n").joined(separator: "; "), queryName: queryName)
    }
    severity = field("V")
    detail = field("D")
    hint = field("H")
    constraint = field("n")
    table = field("t")
    column = field("c")
    position = field("P").flatMap { Int($0) }
  }

  /// Whether a prepared statement has become useless since a table changed.
  var isStaleStatement: Bool {
    code == .invalidStatementName
      || code == .featureNotSupported && message.hasPrefix("cached plan must not change")
  }

  /// Whether the server ends the session after this.
  var endsSession: Bool { severity == "FATAL" || severity == "PANIC" }
}

/// What the server remarks without failing: logged, where libpq would print it.
enum ServerNotice {
  private static let logger = Logger(label: "alphintra.postgres")

  static let receive: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = {
    _, result in
    guard let result else { return }
    let notice = PostgresError(result: result, queryName: nil)
    let level: Logger.Level = notice.severity == "WARNING" ? .warning : .debug
    logger.log(level: level, "\(notice.message)", metadata: ["sqlstate": "\(notice.code)"])
  }
}
