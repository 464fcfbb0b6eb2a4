/// Values for the fields whose contract states rules: random ones would be refused before a handler saw them.
///
/// A rule that is new needs values here, or the tests of its RPC fail.
enum RuledValues {
  private struct Values {
    /// Whether a message without the field is refused.
    var isNeeded = false
    var leaves: [Leaf]
  }

  static func isNeeded(_ field: FieldCase, of message: MessageCase) -> Bool {
    table["\(name(of: message)).\(field.name)"]?.isNeeded ?? false
  }

  /// Values that the rules admit; nil for a field without rules.
  static func leaves(of field: FieldCase, of message: MessageCase) -> [Leaf]? {
    table["\(name(of: message)).\(field.name)"]?.leaves
  }

  private static func name(of message: MessageCase) -> Substring {
    message.name.split(separator: ".").last ?? ""
  }

  private static let symbols = ["A", "IBM", "BRK.B", "ABCDEFGHIJ-9"].map(Leaf.text)
  private static let needed = Values(isNeeded: true, leaves: symbols)
  private static let pageSizes = [0, 1, 1000, Int32.max].map { number in
    Leaf(.varint, WireText.varint(UInt64(number)), json: "\(number)", isDefault: number == 0)
  }
  private static let pageTokens = ["", "x", "äöü&=/+ %"].map(Leaf.text)
  private static let orderIDs = ["1", "00000000-0000-0000-0000-000000000001", "%/ä"].map(Leaf.text)

  private static func named(_ values: (UInt64, String)...) -> [Leaf] {
    values.map { .quoted(.varint, WireText.varint($0.0), $0.1, isDefault: $0.0 == 0) }
  }

  private static func decimals(_ texts: String...) -> [Leaf] {
    texts.map { .quoted(.lengthDelimited, WireText.delimited(1, Array($0.utf8)), $0) }
  }

  private static let table: [String: Values] = [
    "RegisterRequest.email": Values(isNeeded: true, leaves: [.text("ada@example.com")]),
    "RegisterRequest.password": Values(isNeeded: true, leaves: [.text("correct horse battery")]),
    "RegisterRequest.display_name": Values(isNeeded: true, leaves: [.text("Ada"), .text("日本")]),
    "LoginRequest.email": Values(isNeeded: true, leaves: [.text("ada@example.com")]),
    "LoginRequest.password": Values(isNeeded: true, leaves: [.text("x")]),
    "GetQuoteRequest.symbol": needed,
    "GetQuoteRequest.sequence": Values(leaves: [
      .quoted(.varint, WireText.varint(7), "7"),
      .quoted(.varint, WireText.varint(UInt64(Int64.max)), "\(Int64.max)"),
    ]),
    "ListInstrumentsRequest.page_size": Values(leaves: pageSizes),
    "ListInstrumentsRequest.page_token": Values(leaves: pageTokens),
    "ListCandlesRequest.symbol": needed,
    "ListCandlesRequest.interval": Values(leaves: named((1, "ONE_MINUTE"), (0, "UNSPECIFIED"))),
    "ListCandlesRequest.page_size": Values(leaves: pageSizes),
    "ListCandlesRequest.page_token": Values(leaves: pageTokens),
    "SubscribeQuotesRequest.symbols": needed,
    "PlaceOrderRequest.client_order_id": Values(leaves: [.text("my-order_1!")]),
    "PlaceOrderRequest.symbol": needed,
    "PlaceOrderRequest.side": Values(isNeeded: true, leaves: named((1, "BUY"), (2, "SELL"))),
    "PlaceOrderRequest.type": Values(isNeeded: true, leaves: named((1, "MARKET"), (2, "LIMIT"))),
    "PlaceOrderRequest.quantity": Values(
      isNeeded: true, leaves: decimals("1", "0.000000000000000001", "99999999999999999999")),
    "PlaceOrderRequest.limit_price": Values(leaves: decimals("101.25", "0.01")),
    "CancelOrderRequest.order_id": Values(isNeeded: true, leaves: orderIDs),
    "GetOrderRequest.order_id": Values(isNeeded: true, leaves: orderIDs),
    "ListOrdersRequest.page_size": Values(leaves: pageSizes),
    "ListOrdersRequest.page_token": Values(leaves: pageTokens),
    "ListOrdersRequest.symbol": Values(leaves: symbols),
    "ListOrdersRequest.status": Values(leaves: named((0, "UNSPECIFIED"))),
    "ListTradesRequest.page_size": Values(leaves: pageSizes),
    "ListTradesRequest.page_token": Values(leaves: pageTokens),
    "ListTradesRequest.symbol": Values(leaves: symbols),
    "ListTradesRequest.order_id": Values(leaves: orderIDs),
    "ListPositionsRequest.page_size": Values(leaves: pageSizes),
    "ListPositionsRequest.page_token": Values(leaves: pageTokens),
  ]
}
