import AssetContract
import Core
import Protobuf
import RPC
import TestSupport
import Testing

@Suite struct ListTests {
  @Test func transactionsComeInPagesNewestFirst() async throws {
    let fixture = try await AssetFixture()
    let (owner, other) = (try fixture.owner(), try fixture.owner())
    for number in 1...5 { try await fixture.deposit("10", to: owner.user, reference: "w\(number)") }
    try await fixture.deposit("3", "AAPL", to: owner.user, reference: "apple")
    try await fixture.deposit("3", to: other.user, reference: "other")
    let order = AssetFixture.newID()
    try await fixture.trading.reserve("2", order: order, of: owner.user)

    func pages(_ request: AssetV1.ListTransactionsRequest) async throws -> [[String]] {
      var (request, pages) = (request, [[String]]())
      repeat {
        let page = try await owner.client.listTransactions(request, options: owner.options)
        pages.append(page.transactions.map(\.reference))
        request.pageToken = page.nextPageToken
      } while !request.pageToken.isEmpty
      return pages
    }
    #expect(
      try await pages(.with { $0.pageSize = 3 })
        == [[order, "apple", "w5"], ["w4", "w3", "w2"], ["w1"]])
    #expect(try await pages(.with { $0.asset = "AAPL" }) == [["apple"]])
    #expect(try await pages(.with { $0.orderID = order }) == [[order]])
    #expect(try await pages(.with { $0.orderID = "no order" }) == [[]])
    #expect(try await owner.transactions().map(\.sequence) == [7, 6, 5, 4, 3, 2, 1])
    // The token of one list is none of another.
    let page = try await owner.client.listTransactions(
      .with { $0.pageSize = 3 }, options: owner.options)
    let foreign = await failure {
      try await owner.client.listTransactions(
        .with {
          $0.asset = "AAPL"
          $0.pageToken = page.nextPageToken
        }, options: owner.options)
    }
    #expect(foreign?.code == .invalidArgument)
  }

  @Test func walletsComeInPagesByAsset() async throws {
    let fixture = try await AssetFixture()
    let owner = try fixture.owner()
    for asset in ["USD", "AAPL", "MSFT"] { try await fixture.deposit("1", asset, to: owner.user) }
    var (request, seen) = (AssetV1.ListWalletsRequest.with { $0.pageSize = 2 }, [[String]]())
    repeat {
      let page = try await owner.client.listWallets(request, options: owner.options)
      seen.append(page.wallets.map(\.asset))
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    #expect(seen == [["AAPL", "MSFT"], ["USD"]])
    // Trading may ask on an owner's behalf, by the owner's token.
    let trading = AssetV1.AssetServiceClient(fixture.service.channel(as: "trading"))
    #expect(try await trading.listWallets(.init(), options: owner.options).wallets.count == 3)
  }
}
