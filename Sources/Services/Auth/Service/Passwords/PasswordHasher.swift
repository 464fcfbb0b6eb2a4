internal import Argon2
internal import Foundation

/// Hashes passwords and compares them, a few at a time and never on an event loop.
struct PasswordHasher: Sendable {
  /// The random bytes of every hash (RFC 9106 section 3.1).
  static let saltBytes = 16

  private let parameters: Argon2Parameters
  private let worker: Argon2Worker
  /// The hash of a password that nobody has.
  private let decoy: PasswordHash

  /// A hasher as the settings say; makes the decoy.
  init(_ settings: PasswordSettings) async throws(Argon2Error) {
    try await self.init(
      parameters: settings.argon2,
      worker: Argon2Worker(
        maximumRunning: settings.runningHashes, maximumWaiting: settings.waitingHashes))
  }

  /// A hasher with what a new hash costs; makes the decoy.
  init(parameters: Argon2Parameters, worker: Argon2Worker) async throws(Argon2Error) {
    self.parameters = parameters
    self.worker = worker
    let nobodys = Self.randomBytes(Self.saltBytes)
    decoy = try await Self.hash(nobodys, parameters, worker)
  }

  /// The hash of a password.
  func hash(_ password: String) async throws(Argon2Error) -> PasswordHash {
    try await Self.hash(Self.bytes(of: password), parameters, worker)
  }

  /// Whether a password is the one of a hash; without a hash the same work ends in false.
  func verify(_ password: String, against hash: PasswordHash?) async throws(Argon2Error) -> Bool {
    let bytes = Self.bytes(of: password)
    let phc = (hash ?? decoy).phc
    let matches = try await worker.run { () throws(Argon2Error) in
      try Argon2id.verify(bytes, against: phc)
    }
    return matches && hash != nil
  }

  /// Whether a hash was made at another cost than a new one would be.
  func isOutdated(_ hash: PasswordHash) -> Bool { Argon2Parameters(phc: hash.phc) != parameters }

  private static func hash(
    _ bytes: [UInt8], _ parameters: Argon2Parameters, _ worker: Argon2Worker
  ) async throws(Argon2Error) -> PasswordHash {
    let salt = randomBytes(saltBytes)
    let phc = try await worker.run { () throws(Argon2Error) in
      try Argon2id.encode(bytes, salt: salt, parameters: parameters)
    }
    return PasswordHash(phc: phc)
  }

  /// A password as bytes, the same for every keyboard that types it (RFC 8265 section 4.2.2).
  private static func bytes(of password: String) -> [UInt8] {
    [UInt8](password.precomposedStringWithCanonicalMapping.utf8)
  }

  /// Bytes of the system's generator, which is made for keys.
  private static func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
