import AssetContract
import Core
import DevPlatform
import MarketDataContract
import Testing
import TradingContract

/// The client's reading of the WebSocket protocol, on texts as the gateway writes them.
@Suite struct StreamMessageTests {
  @Test func readsAnOrderUpdate() throws {
    let message = try StreamMessage(
      """
      {"type":"update","id":"o","channel":"orders","sequence":"9007199254740993","data":\
      {"orderId":"1","symbol":"AAPL","side":"BUY","status":"OPEN","quantity":"10","version":"2"}}
      """)
    guard case .order(let order, let sequence) = message else {
      Issue.record("not an order: \(message)")
      return
    }
    #expect(sequence == 9_007_199_254_740_993)
    #expect(order.orderID == "1")
    #expect(order.side == .buy)
    #expect(order.quantity == 10)
    #expect(order.version == 2)
  }

  @Test func readsAQuoteSnapshot() throws {
    let message = try StreamMessage(
      """
      {"type":"snapshot","id":"q","channel":"quotes","sequence":"1","data":{"quotes":[\
      {"symbol":"AAPL","sequence":"7","bidPrice":"1.5","askPrice":"1.6"}]}}
      """)
    guard case .quotes(let snapshot, 1) = message else {
      Issue.record("not a snapshot: \(message)")
      return
    }
    #expect(snapshot.quotes.map(\.symbol) == ["AAPL"])
    #expect(snapshot.quotes.first?.bidPrice == (try Decimal("1.5")))
  }

  @Test func readsWalletsAndTheirChanges() throws {
    let first = try StreamMessage(
      """
      {"type":"snapshot","id":"w","channel":"wallets","sequence":"4","data":{"wallets":[\
      {"asset":"USD","available":"7.5","reserved":"2.5","total":"10"}]}}
      """)
    let second = try StreamMessage(
      """
      {"type":"update","id":"w","channel":"wallets","sequence":"5","data":{"kind":"RELEASE",\
      "wallets":[{"asset":"USD","available":"10","reserved":"0","total":"10"}]}}
      """)
    guard case .wallets(let snapshot, 4) = first, case .walletChange(let change, 5) = second else {
      Issue.record("not wallets: \(first), \(second)")
      return
    }
    #expect(snapshot.wallets.map(\.available) == [try Decimal("7.5")])
    #expect(change.kind == .release && change.wallets.map(\.available) == [10])
  }

  @Test func readsAnError() throws {
    let message = try StreamMessage(
      """
      {"type":"error","id":"o","channel":"orders","problem":"p","title":"Unauthorized","status":401,\
      "detail":"no token","code":"UNAUTHENTICATED","reason":"TOKEN_MISSING","correlationId":"c"}
      """)
    guard case .error("o", "UNAUTHENTICATED", "TOKEN_MISSING", "no token") = message else {
      Issue.record("not the error: \(message)")
      return
    }
  }

  @Test(arguments: [
    #"{"type":"news"}"#, #"{"type":"update","channel":"weather","data":{}}"#, "{}",
  ])
  func refusesWhatIsNoMessage(text: String) {
    #expect(throws: StreamMessage.Unknown.self) { try StreamMessage(text) }
  }

  @Test func refusesAFieldThatIsNotInTheContract() {
    #expect(throws: (any Error).self) {
      try StreamMessage(
        #"{"type":"update","channel":"orders","sequence":"1","data":{"colour":"red"}}"#)
    }
  }
}
