import Core
import DevPlatform
import Testing
import TradingContract

/// The demo against the real platform, and how it tells what it found.
@Suite struct DemoTests {
  @Test func ordersTravelFillAndAddUp() async throws {
    let report = try await Platform.run(try .temporary()) { platform in
      try await DemoRun(platform.client(), operator: platform.operator()) { _ in }.run()
    }
    #expect(report.isGood, "\(report.summary)")
    #expect(report.evidence.trades.count >= 3)
    #expect(report.evidence.orders.contains { $0.status == .canceled })
    #expect(report.quoteCount > 0)
    #expect(report.summary.contains("Everything agrees."))

    // The same evidence with one fill's price changed is found out.
    var forged = report.evidence
    forged.trades[0].price = (forged.trades[0].price ?? 0) + 1
    let lie = DemoReport(
      evidence: forged, checks: DemoAudit.checks(forged), quoteCount: report.quoteCount)
    #expect(!lie.isGood)
    #expect(lie.summary.contains("✗ fills have the price of the quote they name"))
  }
}
