import TestSupport
import Testing

@testable import Gateway

@Suite("Messages wait for a slow reader within limits")
struct OutboundQueueTests {
  @Test("Without conflation every message is kept, in order, or refused")
  func order() {
    var queue = OutboundQueue(messageLimit: 3, byteLimit: 100)
    for text in ["a", "b", "c"] { #expect(add(item(text), to: &queue)) }
    #expect(add(item("d"), to: &queue) == false)
    #expect(drain(&queue) == ["a", "b", "c"])
    #expect(queue.byteCount == 0)
  }

  @Test("Bytes are limited too: by what waits beside a message, whatever its own size")
  func bytes() {
    var queue = OutboundQueue(messageLimit: 100, byteLimit: 5)
    #expect(add(item("abcdefghi"), to: &queue) == true)
    #expect(add(item("j"), to: &queue) == false)
    #expect(drain(&queue) == ["abcdefghi"])
    for text in ["abc", "de", "fghijkl"] { #expect(add(item(text), to: &queue) == true) }
    #expect(add(item("m"), to: &queue) == false)
    #expect(queue.byteCount == 12)
  }

  @Test("Snapshots and updates have a room each, and a message that is begun takes none")
  func rooms() {
    var queue = OutboundQueue(messageLimit: 100, byteLimit: 5)
    #expect(add(item("snapshot", isSnapshot: true), to: &queue) == true)
    #expect(add(item("update"), to: &queue) == true)
    #expect(add(item("s", isSnapshot: true), to: &queue) == false)
    #expect(add(item("u"), to: &queue) == false)
    #expect(queue.popPiece(atMost: 1)?.bytes == Array("s".utf8)[...])
    #expect(add(item("another", isSnapshot: true), to: &queue) == true)
    #expect(add(item("s", isSnapshot: true), to: &queue) == false)
    #expect(drain(&queue) == ["napshot", "update", "another"])
    #expect(queue.isEmpty)
  }

  @Test("A message leaves in pieces; one that is begun is not given up halfway")
  func pieces() {
    var queue = OutboundQueue(messageLimit: 3, byteLimit: 100)
    #expect(add(item("abcdefg", key: "A", of: "one"), to: &queue))
    var pieces = [queue.popPiece(atMost: 3)]
    #expect(queue.count == 0 && queue.byteCount == 0 && !queue.isEmpty)
    // Neither by what replaces it, nor by its subscription's end.
    #expect(add(item("hij", key: "A", of: "one"), to: &queue))
    queue.removeAll(of: "one")
    #expect(add(item("", of: "two"), to: &queue))
    for _ in 0..<4 { pieces.append(queue.popPiece(atMost: 3)) }
    #expect(
      pieces.map { $0.map { String(decoding: $0.bytes, as: UTF8.self) } }
        == ["abc", "def", "g", "", nil])
    #expect(pieces.map(\.?.isFirst) == [true, false, false, true, nil])
    #expect(pieces.map(\.?.isLast) == [false, false, true, true, nil])
    #expect(pieces.map(\.?.subscription) == ["one", "one", "one", "two", nil])
    #expect(queue.isEmpty)
  }

  @Test("An update replaces an earlier one of its key at the queue's end")
  func conflation() {
    var queue = OutboundQueue(messageLimit: 3, byteLimit: 100)
    for index in 0..<1000 {
      #expect(add(item("A\(index)", key: "A"), to: &queue) == true)
      #expect(add(item("B\(index)", key: "B"), to: &queue) == true)
    }
    #expect(add(item("answer"), to: &queue) == true)
    #expect(add(item("A-last", key: "A"), to: &queue) == true)
    #expect(queue.count == 3)
    #expect(drain(&queue) == ["B999", "answer", "A-last"])
  }

  @Test("Equal keys of two subscriptions are two")
  func subscriptions() {
    var queue = OutboundQueue(messageLimit: 10, byteLimit: 100)
    #expect(add(item("1", key: "A", of: "one"), to: &queue) == true)
    #expect(add(item("2", key: "A", of: "two"), to: &queue) == true)
    queue.removeAll(of: "one")
    #expect(add(item("3", key: "A", of: "one"), to: &queue) == true)
    #expect(drain(&queue) == ["2", "3"])
  }

  @Test("It behaves as a slow, obvious queue does")
  func twin() {
    var generator = SeededGenerator(seed: 3)
    var queue = OutboundQueue(messageLimit: 20, byteLimit: 20)
    var twin: [OutboundQueue.Item] = []
    for step in 0..<20_000 {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<3:
        let first = queue.popPiece(atMost: .max)
        #expect(first.map { Array($0.bytes) } == twin.first?.bytes)
        if first != nil { twin.removeFirst() }
      case 3 where step % 7 == 0:
        queue.removeAll(of: "one")
        twin.removeAll { $0.subscription == "one" }
      default:
        let key =
          Bool.random(using: &generator) ? "\(Int.random(in: 0..<8, using: &generator))" : nil
        let item = item(
          "\(step % 1000)", key: key, of: Bool.random(using: &generator) ? "one" : "two",
          isSnapshot: key == nil && Bool.random(using: &generator))
        if let conflation = item.conflation { twin.removeAll { $0.conflation == conflation } }
        let besideIt = twin.filter { $0.isSnapshot == item.isSnapshot }
        let fits = twin.count < 20 && besideIt.reduce(0) { $0 + $1.bytes.count } <= 20
        if fits { twin.append(item) }
        let isAdded = queue.append(item)
        #expect(isAdded == fits)
      }
      #expect(queue.count == twin.count)
      #expect(queue.byteCount == twin.reduce(0) { $0 + $1.bytes.count })
    }
  }

  private func add(_ item: OutboundQueue.Item, to queue: inout OutboundQueue) -> Bool {
    queue.append(item)
  }

  private func item(
    _ text: String, key: String? = nil, of subscription: String = "1", isSnapshot: Bool = false
  ) -> OutboundQueue.Item {
    OutboundQueue.Item(
      subscription: subscription,
      conflation: key.map { .init(subscription: subscription, key: $0) }, isSnapshot: isSnapshot,
      bytes: Array(text.utf8))
  }

  private func drain(_ queue: inout OutboundQueue) -> [String] {
    var texts: [String] = []
    while let piece = queue.popPiece(atMost: .max) {
      texts.append(String(decoding: piece.bytes, as: UTF8.self))
    }
    return texts
  }
}
