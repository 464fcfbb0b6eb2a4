import Dispatch

extension Connection {
  /// Asks the server to cancel a batch, if that can hit nothing else.
  ///
  /// The request travels on a connection of its own and cancels whatever runs when it arrives.
  /// Hence only for a batch that is alone, and what comes next waits until the request has arrived.
  /// A batch that commits runs on: its outcome would be the same, only less known.
  func cancel(_ batch: Batch) {
    guard isOpen, !isCancelling, batches.count == 1, batches.first === batch,
      batch.commitment == .own || batch.commitment == .none,
      let canceller = handle?.makeCanceller()
    else { return }
    isCancelling = true
    // libpq can only ask by blocking calls.
    DispatchQueue.global().async { [weak self] in
      canceller.run()
      PostgresLoop.execute { self?.endCancelling() }
    }
  }

  private func endCancelling() {
    isCancelling = false
    let batches = held
    held = []
    for batch in batches { send(batch) }
    if isOpen { owner?.connectionProgressed(self) }
  }
}
