import Core
import TradingContract

/// The outcome of a demo.
public struct DemoReport: Sendable {
  /// What was seen.
  public let evidence: DemoEvidence
  /// What the audit found.
  public let checks: [AuditCheck]
  /// How many quotes the stream brought.
  public let quoteCount: Int

  /// Puts a report together.
  public init(evidence: DemoEvidence, checks: [AuditCheck], quoteCount: Int) {
    self.evidence = evidence
    self.checks = checks
    self.quoteCount = quoteCount
  }

  /// Whether everything was compared and nothing differs.
  public var isGood: Bool { !checks.isEmpty && checks.allSatisfy(\.isGood) }

  /// Tables for a person: orders, positions, checks, and what differs.
  public var summary: String {
    let orders = TextTable(
      ["order", "side", "type", "quantity", "limit", "status", "filled", "average price", "fills"],
      evidence.orders.reversed().map { order in
        [
          String(order.orderID.suffix(12)), DemoText.name(order.side), DemoText.name(order.type),
          text(order.quantity),
          text(order.limitPrice), DemoText.name(order.status), text(order.filledQuantity ?? 0),
          text(order.averagePrice),
          "\(evidence.trades.filter { $0.orderID == order.orderID }.count)",
        ]
      })
    let positions = TextTable(
      ["position", "quantity", "average price", "realized P&L", "fees"],
      evidence.positions.map {
        [
          $0.symbol, text($0.quantity ?? 0), text($0.averagePrice), text($0.realizedPnl ?? 0),
          text($0.fees ?? 0),
        ]
      })
    let results = TextTable(
      ["check", "compared", "result"],
      checks.map { check in
        let result = check.isGood ? "✓" : "✗ \(max(check.findings.count, 1)) wrong"
        return [check.rule, "\(check.compared)", result]
      })
    let findings = checks.flatMap { check in
      (check.compared == 0 ? ["nothing was compared"] : check.findings)
        .filter { _ in !check.isGood }.map { "  ✗ \(check.rule): \($0)" }
    }
    let verdict = isGood ? "Everything agrees." : findings.joined(separator: "\n")
    return """

      \(orders)

      \(positions)

      \(results)

      \(verdict)
      """
  }

  private func text(_ value: Decimal?) -> String { value.map(\.description) ?? "-" }
}

/// A table in plain text, its columns as wide as they must be.
struct TextTable: CustomStringConvertible {
  let description: String

  init(_ head: [String], _ rows: [[String]]) {
    let all = [head] + rows
    let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return "  " + padded.joined(separator: "  ")
    }
    let rule = line(widths.map { String(repeating: "─", count: $0) })
    description = ([line(head), rule] + rows.map(line)).joined(separator: "\n")
  }
}
