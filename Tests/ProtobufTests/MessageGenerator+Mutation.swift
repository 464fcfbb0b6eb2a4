import TestSupport

extension MessageGenerator {
  /// Changes, drops, repeats or cuts a few bytes.
  mutating func mutate(_ bytes: inout [UInt8]) {
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let index = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes.remove(at: index)
      case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
      case 4: bytes.insert(contentsOf: bytes[index..<min(index + 8, bytes.count)], at: index)
      default: bytes.removeLast(min(bytes.count, Int.random(in: 1...4, using: &random)))
      }
    }
  }
}
