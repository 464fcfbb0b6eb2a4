public import AssetContract
public import MarketDataContract
internal import Protobuf
public import TradingContract

/// What the gateway says over a WebSocket, read into the contracts' messages.
public enum StreamMessage: Sendable {
  /// The token was accepted.
  case authenticated
  /// A channel is open.
  case subscribed(id: String)
  /// A channel is closed as asked.
  case unsubscribed(id: String)
  /// The latest quotes at the start of a `quotes` channel.
  case quotes(MarketDataV1.QuoteSnapshot, sequence: Int64)
  /// A new quote.
  case quote(MarketDataV1.Quote, sequence: Int64)
  /// The working orders at the start of an `orders` channel.
  case orders(TradingV1.OrderSnapshot, sequence: Int64)
  /// An order after a change.
  case order(TradingV1.Order, sequence: Int64)
  /// The wallets at the start of a `wallets` channel.
  case wallets(AssetV1.WalletSnapshot, sequence: Int64)
  /// What one ledger transaction changed.
  case walletChange(AssetV1.WalletChange, sequence: Int64)
  /// The stream behind a channel ended; a fresh snapshot will follow.
  case interrupted(id: String, detail: String)
  /// Something was refused, or a channel ended for good.
  case error(id: String?, code: String, reason: String, detail: String)
  /// A sign of life.
  case heartbeat
  /// The answer to a ping.
  case pong

  /// A message that is not of the protocol.
  public struct Unknown: Error, Sendable, CustomStringConvertible {
    /// What the gateway sent.
    public let text: String
    /// It, shortened.
    public var description: String { "not a message of the protocol: \(text.prefix(500))" }
  }

  /// Reads a message.
  ///
  /// - Throws: ``Unknown``, or `JSONDecodingError`.
  public init(_ text: String) throws {
    let members = try Members(text)
    let sequence = Int64(members.sequence) ?? 0
    switch (members.type, members.channel) {
    case ("authenticated", _): self = .authenticated
    case ("subscribed", _): self = .subscribed(id: members.id)
    case ("unsubscribed", _): self = .unsubscribed(id: members.id)
    case ("snapshot", "quotes"): self = .quotes(try .init(json: members.data), sequence: sequence)
    case ("update", "quotes"): self = .quote(try .init(json: members.data), sequence: sequence)
    case ("snapshot", "orders"): self = .orders(try .init(json: members.data), sequence: sequence)
    case ("update", "orders"): self = .order(try .init(json: members.data), sequence: sequence)
    case ("snapshot", "wallets"): self = .wallets(try .init(json: members.data), sequence: sequence)
    case ("update", "wallets"):
      self = .walletChange(try .init(json: members.data), sequence: sequence)
    case ("interrupted", _): self = .interrupted(id: members.id, detail: members.detail)
    case ("error", _):
      self = .error(
        id: members.id.isEmpty ? nil : members.id, code: members.code, reason: members.reason,
        detail: members.detail)
    case ("heartbeat", _): self = .heartbeat
    case ("pong", _): self = .pong
    default: throw Unknown(text: text)
    }
  }

  /// The members of the envelope; those that are not needed are skipped.
  private struct Members {
    static let names = FieldNames([
      .field(1, "type", "type"), .field(2, "id", "id"), .field(3, "channel", "channel"),
      .field(4, "sequence", "sequence"), .field(5, "data", "data"), .field(6, "code", "code"),
      .field(7, "reason", "reason"), .field(8, "detail", "detail"),
    ])

    var type = ""
    var id = ""
    var channel = ""
    var sequence = ""
    var data: [UInt8] = []
    var code = ""
    var reason = ""
    var detail = ""

    init(_ text: String) throws(JSONDecodingError) {
      self = try JSONReader.read(
        Array(text.utf8), options: JSONDecodingOptions(ignoreUnknownFields: true)
      ) { reader throws(JSONDecodingError) in
        var members = Members()
        var object = try reader.object(Self.names)
        while let field = try reader.nextField(&object) {
          switch field {
          case 1: try reader.field(&members.type)
          case 2: try reader.field(&members.id)
          case 3: try reader.field(&members.channel)
          case 4: try reader.field(&members.sequence)
          case 5: members.data = try reader.rawValue()
          case 6: try reader.field(&members.code)
          case 7: try reader.field(&members.reason)
          default: try reader.field(&members.detail)
          }
        }
        return members
      }
    }

    private init() {}
  }
}
