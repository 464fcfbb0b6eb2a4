internal import Core
internal import Foundation
internal import NIOCore
internal import RPC
internal import Synchronization

/// The picker of the moment, for threads that pick at once.
///
/// Each thread has a place of its own, with the picker and a generator of random numbers behind a lock
/// that hardly any other thread wants. Replacing the picker goes through all places, which is seldom.
final class CurrentPicker: Sendable {
  private final class Place: Sendable {
    let content: Mutex<(picker: Picker, random: SplitMix64)>

    init(seed: UInt64) {
      content = Mutex((Picker.empty, SplitMix64(seed: seed)))
    }
  }

  /// A power of two.
  private let places: [Place]

  init() {
    var count = 1
    while count < min(System.coreCount, Self.maximumPlaces) { count *= 2 }
    places = (0..<count).map { _ in Place(seed: .random(in: .min ... .max)) }
  }

  private static let maximumPlaces = 16

  /// Chooses a connection for a call.
  func pick(_ kind: CallKind, at now: ContinuousClock.Instant) -> Picker.Choice {
    places[Self.threadNumber & (places.count - 1)].content.withLock { content in
      content.picker.pick(kind, at: now, &content.random)
    }
  }

  /// Replaces the picker for all threads.
  func replace(by picker: Picker) {
    for place in places { place.content.withLock { $0.picker = picker } }
  }

  /// A number of this thread, whose low bits differ from those of others.
  private static var threadNumber: Int {
    #if canImport(Darwin)
      let thread = UInt64(UInt(bitPattern: pthread_self()))
    #else
      let thread = UInt64(pthread_self())
    #endif
    // Fibonacci hashing: the high bits of the product depend on all bits of the address.
    return Int((thread &* 0x9e37_79b9_7f4a_7c15) >> 48)
  }
}
