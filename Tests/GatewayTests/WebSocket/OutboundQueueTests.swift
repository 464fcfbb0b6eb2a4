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

  @Test("Bytes are limited too")
  func bytes() {
    var queue = OutboundQueue(messageLimit: 100, byteLimit: 5)
    #expect(add(item("abc"), to: &queue) == true)
    #expect(add(item("def"), to: &queue) == false)
    #expect(add(item("de"), to: &queue) == true)
    #expect(queue.byteCount == 5)
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
    var queue = OutboundQueue(messageLimit: 20, byteLimit: 60)
    var twin: [OutboundQueue.Item] = []
    for step in 0..<20_000 {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<3:
        let first = queue.popFirst()
        #expect(first?.bytes == twin.first?.bytes)
        if first != nil { twin.removeFirst() }
      case 3 where step % 7 == 0:
        queue.removeAll(of: "one")
        twin.removeAll { $0.subscription == "one" }
      default:
        let key =
          Bool.random(using: &generator) ? "\(Int.random(in: 0..<8, using: &generator))" : nil
        let item = item(
          "\(step % 1000)", key: key, of: Bool.random(using: &generator) ? "one" : "two")
        if let conflation = item.conflation { twin.removeAll { $0.conflation == conflation } }
        let fits =
          twin.count < 20 && twin.reduce(0) { $0 + $1.bytes.count } + item.bytes.count <= 60
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
    _ text: String, key: String? = nil, of subscription: String = "1"
  ) -> OutboundQueue.Item {
    OutboundQueue.Item(
      subscription: subscription,
      conflation: key.map { .init(subscription: subscription, key: $0) }, bytes: Array(text.utf8))
  }

  private func drain(_ queue: inout OutboundQueue) -> [String] {
    var texts: [String] = []
    while let item = queue.popFirst() { texts.append(String(decoding: item.bytes, as: UTF8.self)) }
    return texts
  }
}
