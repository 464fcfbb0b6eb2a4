/// An account at the exchange, and how many reports there are of its orders.
public struct ExchangeAccount: Hashable, Sendable {
  /// Its name.
  public let name: AccountName
  /// The sequence of its last report; zero before the first.
  public private(set) var reportSequence: Int64

  /// Takes both as stated.
  public init(name: AccountName, reportSequence: Int64 = 0) {
    self.name = name
    self.reportSequence = reportSequence
  }

  /// Reports what happened to one of its orders.
  mutating func report(
    _ type: ReportType, of order: ExchangeOrder, execution: Execution? = nil
  ) -> ExecutionReport {
    precondition(order.account == name, "the order is of another account")
    reportSequence += 1
    return ExecutionReport(
      sequence: reportSequence, type: type, order: order, execution: execution)
  }
}
