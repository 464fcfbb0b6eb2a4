import Argon2
import Testing

@testable import AuthService

@Suite("Password hashes") struct PasswordHasherTests {
  private let cheap = Argon2Parameters(memoryKiB: 8, passes: 1, lanes: 1, hashBytes: 32)

  @Test("a password matches its own hash only, and none without one")
  func matches() async throws {
    let hasher = try await PasswordHasher(parameters: cheap, worker: Argon2Worker())
    let hash = try await hasher.hash("correct horse battery staple")
    let again = try await hasher.hash("correct horse battery staple")
    #expect(hash != again, "the salt is random")
    #expect(try await hasher.verify("correct horse battery staple", against: hash))
    #expect(try await !hasher.verify("correct horse battery stapl", against: hash))
    #expect(try await !hasher.verify("", against: nil))
    #expect(!hasher.isOutdated(hash))
    #expect("\(hash)" == "(hash)")
  }

  @Test("a hash of another cost is outdated, and is verified at its own cost")
  func outdated() async throws {
    let old = try await PasswordHasher(parameters: cheap, worker: Argon2Worker())
    var dearer = cheap
    dearer.passes = 2
    let new = try await PasswordHasher(parameters: dearer, worker: Argon2Worker())
    let hash = try await old.hash("correct horse battery staple")
    #expect(new.isOutdated(hash))
    #expect(try await new.verify("correct horse battery staple", against: hash))
  }
}
