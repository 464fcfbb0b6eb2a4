internal import DequeModule

/// The messages that wait for a slow reader, within limits.
///
/// Under conflation a newer update takes the place of an older one of the same key, at the end of the
/// queue: so the sequence of a subscription still grows, only with gaps.
struct OutboundQueue {
  /// What an update replaces: an earlier one of the same key and subscription.
  struct ConflationKey: Hashable {
    let subscription: String
    let key: String
  }

  /// One message.
  struct Item {
    /// The subscription it belongs to; nil for an answer.
    let subscription: String?
    /// What it replaces; nil for a message that may not be lost.
    let conflation: ConflationKey?
    /// The text.
    let bytes: [UInt8]
  }

  private let messageLimit: Int
  private let byteLimit: Int
  private var order: Deque<UInt64> = []
  private var items: [UInt64: Item] = [:]
  private var latest: [ConflationKey: UInt64] = [:]
  private var nextTicket: UInt64 = 0

  /// The bytes of all messages.
  private(set) var byteCount = 0

  init(messageLimit: Int, byteLimit: Int) {
    self.messageLimit = messageLimit
    self.byteLimit = byteLimit
  }

  /// How many messages wait.
  var count: Int { items.count }

  /// Whether nothing waits.
  var isEmpty: Bool { items.isEmpty }

  /// Adds a message; false when there is no room, and then it is not added.
  mutating func append(_ item: Item) -> Bool {
    if let key = item.conflation, let ticket = latest[key] { remove(ticket) }
    guard items.count < messageLimit, byteCount + item.bytes.count <= byteLimit else {
      return false
    }
    let ticket = nextTicket
    nextTicket += 1
    order.append(ticket)
    items[ticket] = item
    byteCount += item.bytes.count
    if let key = item.conflation { latest[key] = ticket }
    compactIfSparse()
    return true
  }

  /// Takes the first message.
  mutating func popFirst() -> Item? {
    while let ticket = order.popFirst() {
      if let item = remove(ticket) { return item }
    }
    return nil
  }

  /// Drops what waits for one subscription: it ended, or a new snapshot replaces it.
  mutating func removeAll(of subscription: String) {
    let tickets = items.filter { $0.value.subscription == subscription }.keys
    for ticket in tickets { remove(ticket) }
    compactIfSparse()
  }

  @discardableResult
  private mutating func remove(_ ticket: UInt64) -> Item? {
    guard let item = items.removeValue(forKey: ticket) else { return nil }
    byteCount -= item.bytes.count
    if let key = item.conflation { latest[key] = nil }
    return item
  }

  /// Forgets the places of replaced messages before they outnumber what waits.
  private mutating func compactIfSparse() {
    guard order.count > 2 * items.count + 64 else { return }
    order.removeAll { items[$0] == nil }
  }
}
