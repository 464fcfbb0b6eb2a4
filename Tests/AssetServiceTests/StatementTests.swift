import AssetContract
import Core
import Protobuf
import RPC
import TestSupport
import Testing

@Suite struct StatementTests {
  let clock = ManualClock(Instant(microseconds: 1_700_000_000_000_000))
  let fixture: AssetFixture
  let owner: Owner

  init() async throws {
    fixture = try await AssetFixture(clock: clock)
    owner = try fixture.owner()
  }

  private func statement(
    _ asset: String = "USD", from: Instant? = nil, until: Instant? = nil, size: Int32 = 0,
    token: String = ""
  ) async throws -> AssetV1.Statement {
    try await owner.client.getStatement(
      .with {
        $0.asset = asset
        $0.fromAt = from.map { Google.Timestamp($0) }
        $0.untilAt = until.map { Google.Timestamp($0) }
        $0.pageSize = size
        $0.pageToken = token
      }, options: owner.options)
  }

  /// What happens in a minute each: deposits, holds that change no total, trades, releases.
  private func live(_ random: inout SeededGenerator) async throws {
    let trading = fixture.trading
    try await fixture.deposit("1000", to: owner.user)
    for _ in 0..<12 {
      clock.advance(by: .seconds(60))
      let order = AssetFixture.newID()
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        try await fixture.deposit("\(Int.random(in: 1...50, using: &random))", to: owner.user)
      case 1:
        try await trading.reserve("30", order: order, of: owner.user)
        clock.advance(by: .seconds(1))
        try await trading.capture(
          AssetFixture.newID(), give: "20.5", take: "2", fee: "0.5", order: order, of: owner.user)
        try await trading.release("20.5", version: 3, order: order, of: owner.user)
      default:
        try await trading.reserve("30", order: order, of: owner.user)
        try await trading.release("0", version: 3, order: order, of: owner.user)
      }
    }
  }

  @Test("opening and all entries add up to closing, for any range", arguments: 1...4)
  func anyRange(seed: Int) async throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let start = clock.now
    try await live(&random)
    let end = clock.now + .seconds(1)
    let whole = try await statement()
    #expect(whole.opening == 0)
    #expect(whole.closing == (try await owner.funds().compactMap(\.self).reduce(.zero, +)))
    #expect(whole.entries.allSatisfy { $0.kind == .deposit || $0.kind == .settle })
    #expect(try await statement("AAPL").closing == owner.funds("AAPL").first)
    let length = Int((end - start).components.seconds)
    for _ in 0..<20 {
      let offsets = (0..<3).map { _ in Int.random(in: 0...length, using: &random) }.sorted()
      let times = offsets.map { start + .seconds($0) }
      let (first, second) = (
        try await statement(from: times[0], until: times[1]),
        try await statement(from: times[1], until: times[2])
      )
      for part in [first, second] {
        let changes = part.entries.compactMap(\.amount).reduce(Decimal.zero, +)
        #expect((part.opening ?? 0) + changes == part.closing)
      }
      // One range begins with what the one before ended with, and both are one.
      #expect(first.closing == second.opening)
      let both = try await statement(from: times[0], until: times[2])
      #expect(both.opening == first.opening && both.closing == second.closing)
      #expect(both.entries == first.entries + second.entries)
    }
  }

  @Test func aPageIsAStatementOfItsOwn() async throws {
    var random = SeededGenerator(seed: 7)
    try await live(&random)
    let whole = try await statement(size: 500)
    var (pages, token) = ([AssetV1.Statement](), "")
    repeat {
      let page = try await statement(size: 2, token: token)
      let changes = page.entries.compactMap(\.amount).reduce(Decimal.zero, +)
      #expect((page.opening ?? 0) + changes == page.closing)
      if let last = pages.last { #expect(page.opening == last.closing) }
      pages.append(page)
      token = page.nextPageToken
    } while !token.isEmpty
    #expect(pages.flatMap(\.entries) == whole.entries && pages.count > 1)
    #expect(pages.last?.closing == whole.closing && pages.first?.opening == whole.opening)
  }

  @Test func whatMakesNoSenseIsRefused() async throws {
    let backwards = await failure {
      try await statement(from: clock.now, until: clock.now - .seconds(1))
    }
    #expect(backwards?.code == .invalidArgument)
    let foreign = await failure { try await statement(token: "nonsense") }
    #expect(foreign?.code == .invalidArgument)
    // Nothing ever happened.
    let empty = try await statement()
    #expect(empty.opening == 0 && empty.closing == 0 && empty.entries.isEmpty)
  }
}
