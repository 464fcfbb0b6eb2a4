import Argon2
import Configuration
import CryptoExtras
import Foundation
import ProcessKit
import TestSupport
import Testing

@testable import AuthService

@Suite("Settings of the auth service") struct AuthSettingsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func settings(_ variables: [String: String]) throws -> AuthSettings {
    let provider = EnvironmentVariablesProvider(environmentVariables: variables)
    return try AuthSettings(ConfigReader(provider: provider), service: "auth")
  }

  private func problems(_ variables: [String: String]) -> [String] {
    let error = #expect(throws: ConfigurationError.self) { try settings(variables) }
    return error?.problems.map { "\($0.key) \($0.rule)" } ?? []
  }

  /// What is wrong with a file of that text.
  private func problem(ofKeys text: String) throws -> String? {
    problems(["AUTH_SIGNING_KEY": try folder.write("bad.pem", text)]).first
  }

  @Test("with a key alone everything is as recommended")
  func defaults() async throws {
    let path = try folder.write("key.pem", try await AuthFixture.Keys.first.value)
    let settings = try settings(["AUTH_SIGNING_KEY": path])
    #expect(settings.passwords.argon2 == .passwordStorage)
    #expect((1...2).contains(settings.passwords.runningHashes))
    #expect(settings.passwords.waitingHashes == 32)
    #expect(!settings.passwords.isCheaperThanRecommended)
    #expect(settings.signingKeys.keys.count == 1)
  }

  @Test("every wrong value is named at once")
  func namesEveryProblem() async throws {
    let path = try folder.write("key.pem", try await AuthFixture.Keys.first.value)
    #expect(problems([:]) == ["auth.signing_key must name a readable file"])
    #expect(
      problems(["AUTH_SIGNING_KEY": "\(folder.path)/none.pem"])
        == ["auth.signing_key must name a readable file"])
    #expect(
      problems([
        "AUTH_SIGNING_KEY": path, "AUTH_ARGON2_MEMORY_KIB": "7", "AUTH_ARGON2_PASSES": "0",
        "AUTH_ARGON2_LANES": "17", "AUTH_ARGON2_RUNNING": "0", "AUTH_ARGON2_WAITING": "-1",
      ]) == [
        "auth.argon2.memory_kib must be a whole number, 8 to 1048576",
        "auth.argon2.lanes must be a whole number, 1 to 16",
        "auth.argon2.passes must be a whole number, 1 to 64",
        "auth.argon2.running must be a whole number, 1 to 64",
        "auth.argon2.waiting must be a whole number, 0 to 1024",
      ])
    #expect(
      problems([
        "AUTH_SIGNING_KEY": path, "AUTH_ARGON2_MEMORY_KIB": "15", "AUTH_ARGON2_LANES": "2",
      ]) == ["auth.argon2.memory_kib must be at least 8 for each of the 2 lanes"])
  }

  @Test("a file that is no set of good keys is refused with what is wrong")
  func refusesKeys() async throws {
    let first = try await AuthFixture.Keys.first.value
    let second = try await AuthFixture.Keys.second.value
    let key = try _RSA.Signing.PrivateKey(pemRepresentation: first)
    let short = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1_024)).pemRepresentation
    let cut = String(first.prefix(first.count / 2))
    let cases = [
      ("", "with at least one private key in PEM"),
      ("no key at all", "with at least one private key in PEM"),
      (key.publicKey.pemRepresentation, "of private keys only (section 1 is PUBLIC KEY)"),
      (first + key.publicKey.pemRepresentation, "(section 2 is PUBLIC KEY)"),
      (cut, "of RSA keys without a passphrase (key 1 is none)"),
      ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "(key 1 is none)"),
      (first + short, "of RSA keys of 2048 to 8192 bits (key 2 has 1024)"),
      (first + second + first, "of different keys (key 3 stands there before)"),
      (String(repeating: first, count: 9), "of at most 8 keys (it has 9)"),
      (String(repeating: "#", count: 200_000), "of at most 131072 bytes"),
    ]
    for (text, expected) in cases {
      let problem = try problem(ofKeys: text)
      #expect(problem?.hasPrefix("auth.signing_key must name a file") == true)
      #expect(problem?.hasSuffix(expected) == true, "\(problem ?? "none") is not \(expected)")
    }
  }

  @Test("explanations between the keys, and line ends of other systems, do no harm")
  func toleratesExplanations() async throws {
    let first = try await AuthFixture.Keys.first.value
    let second = try await AuthFixture.Keys.second.value
    let text = "signs since May\n\(first)\nuntil then\n\(second)".replacing("\n", with: "\r\n")
    let keys = try SigningKeys(pem: text)
    #expect(keys.keys.count == 2)
    #expect(keys.signing.id == (try SigningKeys(pem: first)).signing.id)
  }
}
