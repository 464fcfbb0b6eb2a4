internal import CPQ
import Glibc

/// Owns one `PGconn`: born by a start, finished in `deinit`, never blocking.
struct ConnectionHandle: ~Copyable {
  enum ConnectState {
    case wantsToRead, wantsToWrite, connected, failed
  }

  enum Outcome {
    case rows, synchronized, failed, aborted, unsupported
  }

  /// What a result is, and the result itself where somebody is going to look at it.
  struct Received {
    let outcome: Outcome
    let result: OpaquePointer
  }

  private let connection: OpaquePointer

  /// Begins to connect; nil when memory is short.
  init?(parameters: [(String, String)]) {
    let strings = parameters.flatMap { [strdup($0.0), strdup($0.1)] }
    defer { for string in strings { free(string) } }
    let even = stride(from: 0, to: strings.count, by: 2)
    let keywords = even.map { UnsafePointer($0 < strings.count ? strings[$0] : nil) } + [nil]
    let values = even.map { UnsafePointer(strings[$0 + 1]) } + [nil]
    guard let connection = PQconnectStartParams(keywords, values, 0) else { return nil }
    self.connection = connection
    PQsetNoticeReceiver(connection, ServerNotice.receive, nil)
  }

  deinit { PQfinish(connection) }

  var socket: Int32 { PQsocket(connection) }
  var isBroken: Bool { PQstatus(connection) == CONNECTION_BAD }
  var isBusy: Bool { PQisBusy(connection) != 0 }
  var isInTransaction: Bool { PQtransactionStatus(connection) != PQTRANS_IDLE }

  /// What libpq says about its last failure, in one line.
  var errorMessage: String {
    let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
    let lines = text.split(separator: "\n").map { line in
      line.drop { $0 == " " || $0 == "\t" }
    }
    return lines.isEmpty ? "the server closed the connection" : lines.joined(separator: "; ")
  }

  func pollConnect() -> ConnectState {
    switch PQconnectPoll(connection) {
    case PGRES_POLLING_READING: .wantsToRead
    case PGRES_POLLING_WRITING: .wantsToWrite
    case PGRES_POLLING_OK: .connected
    default: .failed
    }
  }

  /// Turns to non-blocking writes and pipeline mode; false when libpq refuses.
  func enterPipelineMode() -> Bool {
    PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1
  }

  func leavePipelineMode() -> Bool { PQexitPipelineMode(connection) == 1 }

  // MARK: Sending; everything is copied into libpq's buffer

  func sendPrepare(name: String, _ query: PostgresQuery) -> Bool {
    let types = query.parameters.entries.map { Oid($0.type) }
    return PQsendPrepare(connection, name, query.sql, Int32(types.count), types) == 1
  }

  /// Sends a prepared statement by its name, or a text.
  func send(_ query: PostgresQuery, preparedAs name: String?) -> Bool {
    let entries = query.parameters.entries
    let count = entries.count
    return query.parameters.withBytes { bytes in
      withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
          // The base address is nil when every value is NULL or empty: any address does then.
          let base = bytes.baseAddress ?? UnsafeRawPointer(UnsafePointer(numbers.baseAddress))
          for (index, entry) in entries.enumerated() {
            values[index] =
              entry.length < 0
              ? nil : base?.advanced(by: entry.start).assumingMemoryBound(to: CChar.self)
            numbers[index] = Int32(Swift.max(0, entry.length))
            numbers[count + index] = entry.type == 0 ? 0 : 1
          }
          let lengths = numbers.baseAddress
          let formats = lengths.map { $0 + count }
          if let name {
            return PQsendQueryPrepared(
              connection, name, Int32(count), values.baseAddress, lengths, formats, 1) == 1
          }
          let types = entries.map { Oid($0.type) }
          return PQsendQueryParams(
            connection, query.sql, Int32(count), types, values.baseAddress, lengths, formats, 1)
            == 1
        }
      }
    }
  }

  /// Sends several statements as one text; only outside pipeline mode.
  func sendScript(_ text: String) -> Bool { PQsendQuery(connection, text) == 1 }

  func sendSync() -> Bool { PQpipelineSync(connection) == 1 }

  /// Writes what the socket takes: true when something is left, nil when the connection is gone.
  func flush() -> Bool? {
    switch PQflush(connection) {
    case 0: false
    case 1: true
    default: nil
    }
  }

  // MARK: Receiving

  func consumeInput() -> Bool { PQconsumeInput(connection) == 1 }

  /// The next result, which the caller owns; nil at the end of a statement's results.
  func nextResult() -> Received? {
    guard let result = PQgetResult(connection) else { return nil }
    let outcome: Outcome =
      switch PQresultStatus(result) {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .rows
      case PGRES_PIPELINE_SYNC: .synchronized
      case PGRES_PIPELINE_ABORTED: .aborted
      case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_BAD_RESPONSE: .failed
      default: .unsupported
      }
    return Received(outcome: outcome, result: result)
  }

  func nextNotification() -> (channel: String, payload: String)? {
    guard let notification = PQnotifies(connection) else { return nil }
    defer { PQfreemem(notification) }
    return (
      notification.pointee.relname.map { String(cString: $0) } ?? "",
      notification.pointee.extra.map { String(cString: $0) } ?? ""
    )
  }

  /// A password as the server stores it (RFC 5803), so that it need not be told the password.
  func scramVerifier(password: String, user: String) -> String? {
    guard let verifier = PQencryptPasswordConn(connection, password, user, "scram-sha-256") else {
      return nil
    }
    defer { PQfreemem(verifier) }
    return String(cString: verifier)
  }

  /// What another thread needs to ask the server to cancel what runs.
  func makeCanceller() -> QueryCanceller? { PQgetCancel(connection).map(QueryCanceller.init) }
}

/// Asks the server to cancel what a connection runs.
final class QueryCanceller: @unchecked Sendable {
  private static let maxMessageBytes = 256

  private let cancel: OpaquePointer

  /// Takes ownership of a `PGcancel`, which is immutable.
  init(taking cancel: OpaquePointer) { self.cancel = cancel }

  deinit { PQfreeCancel(cancel) }

  /// Connects, asks, and waits until the server has passed the request on: it blocks.
  func run() {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.maxMessageBytes) { message in
      // A failure only means that the statement runs on, which its time-out ends.
      _ = PQcancel(cancel, message.baseAddress, Int32(Self.maxMessageBytes))
    }
  }
}
