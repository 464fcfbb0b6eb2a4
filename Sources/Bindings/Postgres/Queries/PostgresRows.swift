/// The rows a statement returned.
public struct PostgresRows: Sendable, RandomAccessCollection {
  let result: QueryResult

  /// Always zero.
  public var startIndex: Int { 0 }
  /// How many rows there are.
  public var endIndex: Int { result.rowCount }

  /// One row.
  public subscript(position: Int) -> PostgresRow {
    precondition(position >= 0 && position < result.rowCount, "there is no row \(position)")
    return PostgresRow(result: result, index: position)
  }

  /// How many rows the statement inserted, updated, deleted or returned.
  public var affectedRows: Int { result.affectedRows }

  /// The columns' names in their order.
  public var columnNames: [String] { (0..<result.columnCount).map(result.columnName) }

  /// The only row; none or several are an error.
  public func one() throws(PostgresError) -> PostgresRow {
    guard let row = try oneOrNone() else { throw wrongCount("one row") }
    return row
  }

  /// The only row if there is one; several are an error.
  public func oneOrNone() throws(PostgresError) -> PostgresRow? {
    guard count <= 1 else { throw wrongCount("at most one row") }
    return first
  }

  private func wrongCount(_ expected: String) -> PostgresError {
    PostgresError(
      .unexpectedRowCount, "expected \(expected), got \(count)", queryName: result.queryName)
  }
}

/// One row of a result.
public struct PostgresRow: Sendable {
  let result: QueryResult
  let index: Int

  /// Reads the value of a column.
  ///
  /// - Throws: a ``PostgresError`` that names the column, its type, the type asked for and the rule.
  public func decode<Value: PostgresDecodable>(
    _ type: Value.Type = Value.self, _ column: String
  ) throws(PostgresError) -> Value {
    guard let position = result.column(named: column) else {
      throw PostgresError(
        .decodingFailed,
        "there is no column \(column), only "
          + (0..<result.columnCount).map(result.columnName).joined(separator: ", "),
        queryName: result.queryName)
    }
    return try decode(type, at: position)
  }

  /// Reads the value of a column by its position from zero.
  public func decode<Value: PostgresDecodable>(
    _ type: Value.Type = Value.self, at column: Int
  ) throws(PostgresError) -> Value {
    precondition(column >= 0 && column < result.columnCount, "there is no column \(column)")
    do {
      return try result.withCell(row: index, column: column) {
        cell throws(PostgresDecodingFailure) in
        try Value(from: cell)
      }
    } catch {
      throw failure(error, column, asked: "\(Value.self)")
    }
  }

  private func failure(
    _ failure: PostgresDecodingFailure, _ column: Int, asked: String
  ) -> PostgresError {
    let name = result.columnName(column)
    let type = try? result.withCell(row: index, column: column) { $0.type }
    let typeName = type?.description ?? "unknown"
    var error = PostgresError(
      .decodingFailed,
      "row \(index), column \(name) of type \(typeName) cannot be read as \(asked): \(failure)",
      queryName: result.queryName)
    error.column = name
    return error
  }
}
