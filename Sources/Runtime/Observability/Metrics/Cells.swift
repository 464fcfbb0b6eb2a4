import Glibc
import Synchronization

/// Numbers that many threads add to and few read.
///
/// Each is kept several times over, in cache lines of its own for some of the threads, so that those who
/// add do not wait for each other; reading adds the copies up.
final class Cells: @unchecked Sendable {
  // Unchecked: the memory holds atomics, and is there as long as this object.
  private let memory: UnsafeMutablePointer<Atomic<UInt64>>
  private let width: Int

  /// Numbers in a cache line of 64 bytes.
  private static let line = 8
  /// The copies are 2 to this power.
  private static let shardBits = 2
  private static var shards: Int { 1 << shardBits }

  init(count: Int) {
    width = (count + Self.line - 1) / Self.line * Self.line
    memory = .allocate(capacity: width * Self.shards)
    for index in 0..<width * Self.shards { (memory + index).initialize(to: Atomic(0)) }
  }

  deinit {
    memory.deinitialize(count: width * Self.shards)
    memory.deallocate()
  }

  func add(_ number: UInt64, at index: Int) {
    memory[shard + index].wrappingAdd(number, ordering: .relaxed)
  }

  /// Adds to two numbers.
  func add(_ first: UInt64, at firstIndex: Int, _ second: UInt64, at secondIndex: Int) {
    let shard = shard
    memory[shard + firstIndex].wrappingAdd(first, ordering: .relaxed)
    memory[shard + secondIndex].wrappingAdd(second, ordering: .relaxed)
  }

  func sum(at index: Int) -> UInt64 {
    (0..<Self.shards).reduce(0) {
      $0 &+ memory[$1 * width + index].load(ordering: .relaxed)
    }
  }

  /// Where this thread's copy begins: threads are told apart by where their control blocks lie.
  private var shard: Int {
    let hash = UInt64(pthread_self()) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: hash >> UInt64(64 - Self.shardBits)) * width
  }
}
