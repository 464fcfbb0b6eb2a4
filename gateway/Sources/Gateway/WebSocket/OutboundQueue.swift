internal import DequeModule

/// The messages that wait for a slow reader, within limits.
///
/// Snapshots and all else have a room each. A message of any size enters its room if what waits there is
/// within the limit, for nobody can take a snapshot in parts: so the most that waits is, for each room,
/// the limit and one message, and beside both the message that is being written.
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
    /// Whether it is the whole state of its subscription, which may be large.
    var isSnapshot = false
    /// The text.
    let bytes: [UInt8]
  }

  /// A part of a message, for one frame.
  struct Piece {
    /// The subscription of the message; nil for an answer.
    let subscription: String?
    /// A part of the text.
    let bytes: ArraySlice<UInt8>
    /// Whether the message begins with it.
    let isFirst: Bool
    /// Whether the message ends with it.
    let isLast: Bool
  }

  private let messageLimit: Int
  private let byteLimit: Int
  private var order: Deque<UInt64> = []
  private var items: [UInt64: Item] = [:]
  private var latest: [ConflationKey: UInt64] = [:]
  private var nextTicket: UInt64 = 0
  private var snapshotBytes = 0
  private var otherBytes = 0
  /// The message of which a part is taken, and how much of it.
  private var begun: (item: Item, taken: Int)?

  /// The bytes of all messages of which nothing is taken yet.
  var byteCount: Int { snapshotBytes + otherBytes }

  init(messageLimit: Int, byteLimit: Int) {
    self.messageLimit = messageLimit
    self.byteLimit = byteLimit
  }

  /// How many messages wait of which nothing is taken yet.
  var count: Int { items.count }

  /// Whether nothing waits.
  var isEmpty: Bool { items.isEmpty && begun == nil }

  /// Adds a message; false when there is no room, and then it is not added.
  mutating func append(_ item: Item) -> Bool {
    if let key = item.conflation, let ticket = latest[key] { remove(ticket) }
    let besideIt = item.isSnapshot ? snapshotBytes : otherBytes
    guard items.count < messageLimit, besideIt <= byteLimit else { return false }
    let ticket = nextTicket
    nextTicket += 1
    order.append(ticket)
    items[ticket] = item
    count(item, by: 1)
    if let key = item.conflation { latest[key] = ticket }
    compactIfSparse()
    return true
  }

  /// Takes the next bytes, of the message that is begun or of the first that waits.
  mutating func popPiece(atMost limit: Int) -> Piece? {
    guard let (item, start) = begun ?? popFirst().map({ ($0, 0) }) else { return nil }
    let end = start + min(limit, item.bytes.count - start)
    let isLast = end == item.bytes.count
    begun = isLast ? nil : (item, end)
    return Piece(
      subscription: item.subscription, bytes: item.bytes[start..<end], isFirst: start == 0,
      isLast: isLast)
  }

  private mutating func popFirst() -> Item? {
    while let ticket = order.popFirst() {
      if let item = remove(ticket) { return item }
    }
    return nil
  }

  /// Drops what waits for one subscription: it ended, or a new snapshot replaces it.
  ///
  /// What is begun goes on: the client could make nothing of half a message.
  mutating func removeAll(of subscription: String) {
    let tickets = items.filter { $0.value.subscription == subscription }.keys
    for ticket in tickets { remove(ticket) }
    compactIfSparse()
  }

  /// Drops all, also what is begun: nothing can be sent any more.
  mutating func removeAll() {
    self = OutboundQueue(messageLimit: messageLimit, byteLimit: byteLimit)
  }

  @discardableResult
  private mutating func remove(_ ticket: UInt64) -> Item? {
    guard let item = items.removeValue(forKey: ticket) else { return nil }
    count(item, by: -1)
    if let key = item.conflation { latest[key] = nil }
    return item
  }

  private mutating func count(_ item: Item, by sign: Int) {
    if item.isSnapshot {
      snapshotBytes += sign * item.bytes.count
    } else {
      otherBytes += sign * item.bytes.count
    }
  }

  /// Forgets the places of replaced messages before they outnumber what waits.
  private mutating func compactIfSparse() {
    guard order.count > 2 * items.count + 64 else { return }
    order.removeAll { items[$0] == nil }
  }
}
