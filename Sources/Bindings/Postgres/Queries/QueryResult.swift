internal import CPQ
import Glibc

/// Owns one result of libpq, which nobody changes once it has been received.
final class QueryResult: @unchecked Sendable {
  private let result: OpaquePointer
  let rowCount: Int
  let columnCount: Int
  let queryName: String?

  /// Takes ownership of a `PGresult`.
  init(taking result: OpaquePointer, queryName: String?) {
    self.result = result
    self.queryName = queryName
    rowCount = Int(PQntuples(result))
    columnCount = Int(PQnfields(result))
  }

  deinit { PQclear(result) }

  /// What a failed result says.
  var error: PostgresError { PostgresError(result: result, queryName: queryName) }

  /// The command's tag: "COMMIT", "INSERT 0 1".
  var commandTag: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

  /// How many rows a statement inserted, updated, deleted or returned.
  var affectedRows: Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

  func columnName(_ column: Int) -> String {
    PQfname(result, Int32(column)).map { String(cString: $0) } ?? ""
  }

  /// The column of that name, compared as it is written.
  func column(named name: String) -> Int? {
    name.withCString { name in
      for column in 0..<columnCount {
        if let candidate = PQfname(result, Int32(column)), strcmp(candidate, name) == 0 {
          return column
        }
      }
      return nil
    }
  }

  func withCell<R>(
    row: Int, column: Int, _ body: (PostgresCell) throws(PostgresDecodingFailure) -> R
  ) throws(PostgresDecodingFailure) -> R {
    let (row, index) = (Int32(row), Int32(column))
    let type = PostgresType(rawValue: PQftype(result, index))
    guard PQgetisnull(result, row, index) == 0, let value = PQgetvalue(result, row, index) else {
      return try body(PostgresCell(type: type, bytes: nil))
    }
    let count = Int(PQgetlength(result, row, index))
    return try body(
      PostgresCell(type: type, bytes: UnsafeRawBufferPointer(start: value, count: count)))
  }
}
