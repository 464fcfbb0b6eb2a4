import Core
import DevPlatform
import Testing
import TradingContract

/// The demo against the real platform, and how it tells what it found.
@Suite struct DemoTests {
  @Test func ordersTravelFillAndAddUp() async throws {
    let report = try await Platform.run(try .temporary()) { platform in
      try await DemoRun(
        platform.client(), operator: platform.operator(), routing: platform.options.routedSymbols
      ) { _ in }.run()
    }
    #expect(report.isGood, "\(report.summary)")
    #expect(report.evidence.trades.count >= 3)
    #expect(report.evidence.orders.contains { $0.status == .canceled })
    let routed = report.evidence.orders.filter { !$0.connectionID.isEmpty }
    #expect(routed.map(\.symbol) == ["FB"] && routed.allSatisfy { $0.status == .filled })
    #expect(report.quoteCount > 0)
    #expect(report.summary.contains("Everything agrees."))

    // The same evidence with one fill's price changed is found out.
    var forged = report.evidence
    let ours = try #require(forged.trades.firstIndex { $0.quoteSequence > 0 })
    forged.trades[ours].price = (forged.trades[ours].price ?? 0) + 1
    let lie = DemoReport(
      evidence: forged, checks: DemoAudit.checks(forged), quoteCount: report.quoteCount)
    #expect(!lie.isGood)
    #expect(lie.summary.contains("✗ fills have the price of the quote they name"))
  }
}
