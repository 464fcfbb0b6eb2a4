import ExchangeContract
import ExchangeDomain
import RPC

extension ExchangeHandlers {
  /// The most reports that are read at once.
  static let reportsAtOnce = 256

  /// An account's reports after a sequence: what is stored, then each new one, in order.
  func watchExecutionReports(
    _ request: ExchangeV1.WatchExecutionReportsRequest,
    responses: RPCWriter<ExchangeV1.ExecutionReport>, context: ServerContext
  ) async throws {
    let account = AccountName(rawValue: request.account)
    // Before the first look: what is committed after it rings.
    let listener = reports.listener(for: account)
    var sequence = request.afterSequence
    let latest = try await store.reportSequence(of: account)
    guard sequence <= latest else {
      throw RPCError.sequenceUnknown(sequence, latest: latest, of: account)
    }
    while !listener.hasEnded {
      let news = try await store.reports(of: account, after: sequence, limit: Self.reportsAtOnce)
      for report in news {
        try await responses.write(ExchangeV1.ExecutionReport(report))
        sequence = report.sequence
      }
      if news.count < Self.reportsAtOnce { await listener.wait(atMost: reportPoll) }
      try Task.checkCancellation()
    }
    throw RPCError.streamStopping
  }
}
