internal import Argon2
internal import Foundation
internal import ProcessKit

/// What hashes of passwords cost, and how many are made at once: `auth.argon2.…`.
struct PasswordSettings: Sendable {
  /// The memory of one hash in KiB: from what one lane needs to a gibibyte.
  static let memoryKiBRange = 8...1_048_576
  /// The passes over that memory.
  static let passesRange = 1...64
  /// The lanes of one hash, each a thread.
  static let lanesRange = 1...16
  /// The least memory of a lane in KiB (RFC 9106 section 3.1).
  static let minimumMemoryKiBPerLane = 8
  /// The hashes of one process that run at once.
  static let runningRange = 1...64
  /// The calls of one process that may wait for a hash.
  static let waitingRange = 0...1_024
  /// The bytes of a hash.
  static let hashBytes = 32

  /// What a new hash costs: `memory_kib`, `passes`, `lanes`.
  let argon2: Argon2Parameters
  /// The hashes that run at once: `running`.
  let runningHashes: Int
  /// The calls that may wait for a hash: `waiting`.
  let waitingHashes: Int

  /// Reads the settings, and notes what is wrong with them.
  init(_ settings: inout Settings, service: String) {
    let standard = Argon2Parameters.passwordStorage
    let memory = settings.integer(
      "argon2.memory_kib", in: Self.memoryKiBRange, default: Int(standard.memoryKiB))
    let lanes = settings.integer(
      "argon2.lanes", in: Self.lanesRange, default: Int(standard.lanes))
    argon2 = Argon2Parameters(
      memoryKiB: UInt32(memory),
      passes: UInt32(
        settings.integer("argon2.passes", in: Self.passesRange, default: Int(standard.passes))),
      lanes: UInt32(lanes), hashBytes: Self.hashBytes)
    if memory < lanes * Self.minimumMemoryKiBPerLane {
      settings.note(
        "\(service).argon2.memory_kib",
        "must be at least \(Self.minimumMemoryKiBPerLane) for each of the \(lanes) lanes",
        "\(memory)")
    }
    runningHashes = settings.integer(
      "argon2.running", in: Self.runningRange, default: Self.defaultRunning)
    waitingHashes = settings.integer(
      "argon2.waiting", in: Self.waitingRange, default: Argon2Worker.defaultMaximumWaiting)
  }

  /// Whether a guess costs less than OWASP's least recommendation.
  var isCheaperThanRecommended: Bool {
    let recommended = Argon2Parameters.passwordStorage
    return argon2.memoryKiB < recommended.memoryKiB || argon2.passes < recommended.passes
  }

  /// One a core, and at most ``Argon2/Argon2Worker/defaultMaximumRunning``: the rest of the machine is for other calls.
  static var defaultRunning: Int {
    min(ProcessInfo.processInfo.activeProcessorCount, Argon2Worker.defaultMaximumRunning)
  }
}
