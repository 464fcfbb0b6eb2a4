import DevTools
import Foundation

/// Addresses of this machine for pods: each has one of its own, so that all may have the same ports.
///
/// Linux answers to all of 127.0.0.0/8 without being told. A network of 254 addresses is chosen by chance, so that
/// several platforms do not meet.
struct LoopbackNetwork: Sendable {
  private let prefix: String
  private var taken: Set<Int> = []
  private var next = 1

  /// A network on which the ports are free at its first address.
  init(freePorts ports: [Int] = []) throws(ManifestError) {
    for _ in 0..<Self.attempts {
      let prefix = "127.\(Int.random(in: 64...126)).\(Int.random(in: 0...255))"
      if ports.allSatisfy({ LoopbackPort.isFree($0, at: "\(prefix).1") }) {
        self.prefix = prefix
        return
      }
    }
    throw .notHere(
      "no free addresses in 127.0.0.0/8: the system must answer to all of it", for: "pods")
  }

  /// An address that no pod has.
  mutating func allocate() -> String? {
    for _ in 1...Self.size {
      let candidate = next
      next = next % Self.size + 1
      if taken.insert(candidate).inserted { return "\(prefix).\(candidate)" }
    }
    return nil
  }

  /// Gives an address back.
  mutating func release(_ address: String) {
    if let number = address.split(separator: ".").last.flatMap({ Int($0) }) { taken.remove(number) }
  }

  private static let attempts = 20
  private static let size = 254
}
