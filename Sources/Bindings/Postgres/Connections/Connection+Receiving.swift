extension Connection {
  /// Takes in what the server has sent and hands out what is complete.
  func receive() {
    guard handle?.consumeInput() ?? false else {
      // The last words of the server may have arrived with the end.
      takeResults()
      if isOpen { lose(handle?.errorMessage ?? "") }
      return
    }
    let count = batches.count
    takeResults()
    guard isOpen else { return }
    takeNotifications()
    if handle?.isBroken ?? true { return lose(handle?.errorMessage ?? "") }
    if batches.count < count {
      watchForStall()
      owner?.connectionProgressed(self)
    }
  }

  private func takeResults() {
    while let step = steps.first, !(handle?.isBusy ?? true) {
      guard let received = handle?.nextResult() else {
        // Nil ends the results of one statement. A second one in a row says that libpq waits for
        // more, which it should have said by being busy.
        guard stepHasResult else { return }
        stepHasResult = false
        // An error at a synchronization point, from a constraint checked at the commit, comes
        // before the point itself.
        if step.isSynchronization { continue }
        steps.removeFirst()
        if case .script(let batch) = step { endScript(batch) }
        continue
      }
      take(received, for: step)
    }
  }

  private func take(_ received: ConnectionHandle.Received, for step: Step) {
    let result = QueryResult(taking: received.result, queryName: step.batch?.currentQueryName)
    switch (received.outcome, step) {
    case (.synchronized, .end(let batch)):
      steps.removeFirst()
      end(batch)
    case (.synchronized, .prepared):
      steps.removeFirst()
    case (.rows, .preparation(let statement, _)):
      statement.isReady = true
      statement.preparingBatch = nil
      stepHasResult = true
    case (_, .preparation(let statement, let batch)):
      statements[statement.sql] = nil
      if received.outcome == .failed { batch.fail(result.error) }
      stepHasResult = true
    case (.rows, .statement(let batch)), (.rows, .script(let batch)):
      batch.append(result)
      stepHasResult = true
    case (.failed, _):
      step.batch?.fail(result.error)
      stepHasResult = true
    case (.aborted, .statement):
      // An earlier statement of the batch has failed and is its error.
      stepHasResult = true
    default:
      lose("a result came that nobody asked for")
    }
  }

  private func endScript(_ batch: Batch) {
    guard handle?.enterPipelineMode() ?? false else { return lose(handle?.errorMessage ?? "") }
    end(batch)
  }

  private func end(_ batch: Batch) {
    if let error = batch.error, error.isStaleStatement {
      for query in batch.queries { statements[query.sql] = nil }
      // Found before execution, so nothing was done: the same again, prepared anew.
      if batch.commitment == .own && !batch.isRepeated {
        batches.removeFirst()
        batch.startOver()
        send(batch)
        return
      }
    }
    batches.removeFirst()
    batch.finish()
  }

  private func takeNotifications() {
    while let (channel, payload) = handle?.nextNotification() {
      owner?.connection(self, notifiedOn: channel, payload: payload)
    }
  }
}

extension Connection.Step {
  var isSynchronization: Bool {
    switch self {
    case .prepared, .end: true
    case .preparation, .statement, .script: false
    }
  }

  var batch: Batch? {
    switch self {
    case .preparation(_, let batch), .statement(let batch), .end(let batch), .script(let batch):
      batch
    case .prepared: nil
    }
  }
}
