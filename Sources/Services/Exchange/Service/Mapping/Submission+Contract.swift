import Core
import ExchangeContract
import ExchangeDomain
import Protobuf
import RPC

extension Submission {
  /// Reads a submission; the contract has checked its form.
  ///
  /// - Throws: INVALID_ARGUMENT with every field that is none.
  init(_ request: ExchangeV1.SubmitExchangeOrderRequest) throws(RPCError) {
    var violations: [FieldViolation] = []
    func read<Value>(_ field: String, _ rule: String, _ value: Value?) -> Value? {
      if value == nil { violations.append(FieldViolation(field: field, description: rule)) }
      return value
    }
    let side = read("side", "must be BUY or SELL", OrderSide(request.side))
    let quantity = read(
      "quantity", "must be positive", request.quantity.flatMap { try? Quantity($0) })
    let price = read(
      "limit_price", "must be positive", request.limitPrice.flatMap { try? Price($0) })
    let receiveUntil = read(
      "receive_until", "must be a time", request.receiveUntil?.instant)
    var expiresAt: Instant?
    if let time = request.expiresAt {
      expiresAt = read("expires_at", "must be a time", time.instant)
    }
    guard violations.isEmpty, let side, let quantity, let price, let receiveUntil else {
      throw RPCError(violations: violations)
    }
    self.init(
      clientOrderID: ClientOrderID(rawValue: request.clientOrderID),
      terms: OrderTerms(
        symbol: Symbol(rawValue: request.symbol), side: side, quantity: quantity,
        limitPrice: price, expiresAt: expiresAt),
      receiveUntil: receiveUntil)
  }
}
