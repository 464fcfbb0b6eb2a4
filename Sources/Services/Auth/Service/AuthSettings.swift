internal import Argon2
internal import Configuration
internal import Foundation
internal import ProcessKit

/// The settings that only this service has.
struct AuthSettings: Sendable {
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

  /// The keys that sign access tokens and verify them: `auth.signing_key` names their PEM file.
  let signingKeys: SigningKeys
  /// What a new hash costs: `auth.argon2.memory_kib`, `auth.argon2.passes`, `auth.argon2.lanes`.
  let argon2: Argon2Parameters
  /// `auth.argon2.running`.
  let runningHashes: Int
  /// `auth.argon2.waiting`.
  let waitingHashes: Int

  /// Reads the settings and the keys.
  ///
  /// - Throws: `ConfigurationError` with every problem there is.
  init(_ reader: ConfigReader, service: String) throws(ConfigurationError) {
    var settings = Settings(reader, service: service)
    let keysPath = settings.file("signing_key")
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
      "argon2.running", in: Self.runningRange, default: Argon2Worker.defaultMaximumRunning)
    waitingHashes = settings.integer(
      "argon2.waiting", in: Self.waitingRange, default: Argon2Worker.defaultMaximumWaiting)
    var keys: SigningKeys?
    if !keysPath.isEmpty {
      do throws(SigningKeysError) {
        keys = try SigningKeys(path: keysPath)
      } catch {
        settings.note("\(service).signing_key", error.description, keysPath)
      }
    }
    try settings.finish()
    guard let keys else {
      throw ConfigurationError([
        .init(key: "\(service).signing_key", rule: "must name a readable file", value: nil)
      ])
    }
    signingKeys = keys
  }

  /// Whether a guess costs less than OWASP's least recommendation.
  var isCheaperThanRecommended: Bool {
    let recommended = Argon2Parameters.passwordStorage
    return argon2.memoryKiB < recommended.memoryKiB || argon2.passes < recommended.passes
  }
}
