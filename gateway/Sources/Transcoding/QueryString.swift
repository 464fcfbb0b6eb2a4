/// The parameters of a request's query, decoded, in their order.
public struct QueryString: Sendable, Hashable {
  /// One `name=value`.
  public struct Item: Sendable, Hashable {
    /// The decoded name.
    public let name: String
    /// The decoded value: empty when there is no `=`.
    public let value: String
  }

  /// Why a query is refused.
  public enum Failure: Error, Hashable {
    /// More items than ``QueryString/itemLimit``.
    case tooManyItems
    /// An item that cannot be decoded.
    case encoding(item: String, PercentDecodingError)
    /// An item without a name.
    case emptyName(item: String)
  }

  /// The most items a query may hold.
  public static let itemLimit = 256

  /// No parameters.
  public static let empty = QueryString(items: [])

  /// The items in their order.
  public let items: [Item]

  /// Decodes what stands behind the `?` of a request's target.
  public init(_ text: some StringProtocol) throws(Failure) {
    var items: [Item] = []
    for piece in Array(text.utf8).split(separator: UInt8(ascii: "&")) {
      guard items.count < Self.itemLimit else { throw .tooManyItems }
      let text = String(decoding: piece, as: UTF8.self)
      let equals = piece.firstIndex(of: UInt8(ascii: "="))
      do throws(PercentDecodingError) {
        let name = try PercentDecoding.query(piece[..<(equals ?? piece.endIndex)])
        let value = try PercentDecoding.query(equals.map { piece[($0 + 1)...] } ?? [])
        items.append(Item(name: name, value: value))
      } catch {
        throw .encoding(item: text, error)
      }
      guard items.last?.name.isEmpty == false else { throw .emptyName(item: text) }
    }
    self.items = items
  }

  private init(items: [Item]) {
    self.items = items
  }
}

extension QueryString.Failure: CustomStringConvertible {
  /// The rule that is broken, and where.
  public var description: String {
    switch self {
    case .tooManyItems: "a query holds at most \(QueryString.itemLimit) parameters"
    case .encoding(let item, let error): "query parameter \"\(item)\": \(error)"
    case .emptyName(let item): "query parameter \"\(item)\" has no name"
    }
  }
}
