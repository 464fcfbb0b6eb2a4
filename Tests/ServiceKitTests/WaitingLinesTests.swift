import TestSupport
import Testing

@testable import ServiceKit

@Suite struct WaitingLinesTests {
  @Test("lines do what their slow twin does, whatever comes, leaves and ends", arguments: 1...8)
  func twins(seed: UInt64) async {
    var random = SeededGenerator(seed: seed)
    var lines = WaitingLines<Int, Int>()
    var twin = Twin()
    var places: [Int: (key: Int, place: Int)] = [:]
    // In their order, so that who leaves is drawn at once.
    var comers: [Int] = []
    var batches: [Set<Int>] = []
    for id in 0..<4_000 {
      // The threads of Swift's pool are those of all other tests, too.
      if id.isMultiple(of: 50) { await Task.yield() }
      switch Int.random(in: 0..<8, using: &random) {
      case 0...3:
        let key = Int.random(in: 0..<Int(seed) * 3, using: &random)
        places[id] = (key, lines.append(id, to: key))
        comers.append(id)
        twin.append(id, to: key)
      case 4, 5:
        guard let id = comers.randomElement(using: &random), let (key, place) = places[id] else {
          continue
        }
        // Now and then somebody who has been taken already.
        #expect((lines.remove(at: place, from: key) != nil) == twin.remove(id))
      case 6:
        let limit = Int.random(in: 1...20, using: &random)
        let taken = lines.take(limit)
        #expect(taken == twin.take(limit))
        #expect(taken.count <= limit)
        batches.append(Set(taken.compactMap { places[$0]?.key }))
      default:
        guard !batches.isEmpty else { continue }
        for key in batches.removeFirst().sorted() {
          lines.release(key)
          twin.release(key)
        }
      }
      #expect(lines.count == twin.waiting.count)
    }
  }

  @Test func aKeyWithManyKeepsNobodyWaiting() {
    var lines = WaitingLines<String, Int>()
    for id in 0..<1_000 { _ = lines.append(id, to: "busy") }
    _ = lines.append(1_000, to: "quiet")
    #expect(lines.take(4) == [0, 1_000, 1, 2])
    // Nobody comes before what is under way of the key, nor before those who have waited longer.
    _ = lines.append(1_001, to: "other")
    #expect(lines.take(4) == [1_001])
    lines.release("busy")
    #expect(lines.take(2) == [3, 4])
  }

  /// What has left is not kept, though the first in the line stays.
  @Test func whoLeavesTakesTheirPlaceAlong() {
    var queue = LeavableQueue<Int>()
    queue.append(-1, at: 0)
    for id in 1...10_000 {
      queue.append(id, at: id)
      #expect(queue.remove(at: id) == id)
    }
    #expect(queue.placesKept < 100)
    #expect(queue.popFirst() == -1)
    #expect(queue.popFirst() == nil && queue.isEmpty)
  }
}

/// The same, and each step looks at everybody.
private struct Twin {
  var waiting: [(key: Int, id: Int)] = []
  private var turns: [Int] = []
  private var busy: Set<Int> = []

  mutating func append(_ id: Int, to key: Int) {
    waiting.append((key, id))
    if !busy.contains(key), !turns.contains(key) { turns.append(key) }
  }

  mutating func remove(_ id: Int) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else { return false }
    let key = waiting.remove(at: index).key
    if !waiting.contains(where: { $0.key == key }) { turns.removeAll { $0 == key } }
    return true
  }

  mutating func take(_ limit: Int) -> [Int] {
    let keys = Array(turns.prefix(limit))
    turns.removeFirst(keys.count)
    busy.formUnion(keys)
    var taken: [Int] = []
    while taken.count < limit, waiting.contains(where: { keys.contains($0.key) }) {
      for key in keys where taken.count < limit {
        guard let index = waiting.firstIndex(where: { $0.key == key }) else { continue }
        taken.append(waiting.remove(at: index).id)
      }
    }
    return taken
  }

  mutating func release(_ key: Int) {
    busy.remove(key)
    if waiting.contains(where: { $0.key == key }) { turns.append(key) }
  }
}
