extension Connection {
  /// Sends a batch; it is told of its end, also when the connection is gone.
  func send(_ batch: Batch) {
    guard isOpen else {
      batch.finish(PostgresError(.connectionLost, "the connection is closed"))
      return
    }
    if isCancelling {
      held.append(batch)
      return
    }
    batch.markSent()
    batches.append(batch)
    guard batch.isScript ? sendScript(batch) : sendStatements(batch) else {
      lose(handle?.errorMessage ?? "")
      return
    }
    flush()
    if batches.count == 1 { watchForStall() }
  }

  private func sendStatements(_ batch: Batch) -> Bool {
    guard prepareStatements(of: batch) else { return false }
    for query in batch.queries {
      let statement = preparedStatement(for: query, in: batch)
      guard handle?.send(query, preparedAs: statement?.name) ?? false else { return false }
      steps.append(.statement(batch))
    }
    guard handle?.sendSync() ?? false else { return false }
    steps.append(.end(batch))
    return true
  }

  /// Sends the preparations that are missing, behind a synchronization point of their own: a
  /// statement that fails later undoes none of them.
  private func prepareStatements(of batch: Batch) -> Bool {
    var isAny = false
    for query in batch.queries where query.isPrepared && statements[query.sql] == nil {
      guard statements.count < configuration.limits.maxPreparedStatements else { break }
      statementCount += 1
      let statement = PreparedStatement(name: "s\(statementCount)", query)
      guard handle?.sendPrepare(name: statement.name, query) ?? false else { return false }
      statements[query.sql] = statement
      statement.preparingBatch = batch
      steps.append(.preparation(statement, batch))
      isAny = true
    }
    guard isAny else { return true }
    guard handle?.sendSync() ?? false else { return false }
    steps.append(.prepared)
    return true
  }

  /// The statement to refer to, or nil to send the query's text.
  ///
  /// A preparation of an earlier batch that is not confirmed may yet fail: the text is sure.
  private func preparedStatement(for query: PostgresQuery, in batch: Batch) -> PreparedStatement? {
    guard query.isPrepared, let statement = statements[query.sql], statement.fits(query) else {
      return nil
    }
    return statement.isReady || statement.preparingBatch === batch ? statement : nil
  }

  /// Several statements in one text need the simple protocol, which pipeline mode excludes.
  private func sendScript(_ batch: Batch) -> Bool {
    precondition(steps.isEmpty, "a script is sent on a connection that is quiet")
    guard handle?.leavePipelineMode() ?? false else { return false }
    guard handle?.sendScript(batch.queries[0].sql) ?? false else { return false }
    steps.append(.script(batch))
    return true
  }
}
